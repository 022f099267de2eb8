using System.Text.Json;
using KnSock.Testing.Processes;

namespace KnSock.EndToEnd.Tests;

/// <summary>What the Python client saw that speaks as kn-sock's own does (<c>tests/legacy/legacy_client.py</c>).</summary>
internal sealed record LegacyFigures(string Text)
{
    private readonly JsonElement _json = JsonElement.Parse(Text);

    public int Frames => _json.GetProperty("frames").GetInt32();

    public IReadOnlyList<string> Sizes => [.. _json.GetProperty("sizes").EnumerateArray().Select(s => s.GetString()!)];

    /// <summary>Pictures that could not be decoded, came in the wrong order, or pieces of sound that were no whole ones or not framed.</summary>
    public int Faults => ((string[])["undecodable", "outOfOrder", "soundOdd", "soundSkipped"]).Sum(name => _json.GetProperty(name).GetInt32());

    /// <summary>By how much the latest picture came later than the first one would have it.</summary>
    public double LateSeconds => _json.GetProperty("lateSeconds").GetDouble();

    public double SoundSeconds => _json.GetProperty("soundSeconds").GetDouble();

    /// <summary>How far a piece of sound was from the end of the one before it, at most.</summary>
    public double SoundJump => _json.GetProperty("soundJump").GetDouble();

    public IReadOnlyList<double> Flashes => Times("flashes");

    public IReadOnlyList<double> Beeps => Times("beeps");

    /// <summary>Quality, width and mean size of the pictures of each second.</summary>
    public IReadOnlyList<(double Quality, int Width, int Bytes)> Seconds =>
        [.. _json.GetProperty("secondly").EnumerateArray().Select(s => (s.GetProperty("quality").GetDouble(), s.GetProperty("width").GetInt32(), s.GetProperty("bytes").GetInt32()))];

    public override string ToString() => Text;

    /// <summary>Has the client play.</summary>
    public static async Task<LegacyFigures> PlayAsync(IEnumerable<string> prefix, string host, int port, double seconds, params IEnumerable<string> options)
    {
        // Debian's, which has OpenCV; others may come first on the path.
        var python = File.Exists("/usr/bin/python3") ? "/usr/bin/python3" : "python3";
        string[] command =
        [
            .. prefix, python, Path.Combine(Repository.Root, "tests", "legacy", "legacy_client.py"), host, $"{port}",
            "--seconds", FormattableString.Invariant($"{seconds}"), .. options,
        ];
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(seconds + 90));
        var result = await Command.TryRunAsync(command[0], command[1..], deadline.Token);
        Assert.True(result.ExitCode == 0, $"the client ended with {result.ExitCode}: {result.Error}{result.Output}");
        return new LegacyFigures(result.Output.Trim());
    }

    private double[] Times(string name) => [.. _json.GetProperty(name).EnumerateArray().Select(t => t.GetDouble())];
}
