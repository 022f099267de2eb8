using System.CommandLine;
using KnSock.Cli.Output;
using KnSock.Fanout;

namespace KnSock.Cli.Commands;

/// <summary><c>knsock bench yardstick</c>: what 'knsock bench fanout' starts to measure a server by.</summary>
internal sealed class BenchYardstickCommand : Verb
{
    private readonly Terminal _terminal;
    private readonly Argument<string> _recording = new("RECORDING") { Description = "What is sent." };
    private readonly Option<int?> _viewers = NumberOption("--viewers", "N", "Viewers.", lowest: 1, highest: 100_000);
    private readonly Option<int?> _batch = NumberOption("--batch-ms", "MS", "How often it sends.", lowest: 1, highest: 10_000);

    /// <summary>Creates the verb.</summary>
    public BenchYardstickCommand(Terminal terminal) : base("yardstick", "Send a recording over and over, by the least that this takes.")
    {
        _terminal = terminal;
        Hidden = true;
        Add(_recording);
        Add(_viewers);
        Add(_batch);
        SetAction(Run);
    }

    /// <inheritdoc/>
    public override string Usage => "bench yardstick RECORDING --viewers N --batch-ms MS";

    /// <inheritdoc/>
    public override IReadOnlyList<(string CommandLine, string Does)> Examples =>
    [
        ("knsock bench yardstick recording --viewers 200 --batch-ms 33", "Is started by 'knsock bench fanout'."),
    ];

    private int Run(ParseResult result)
    {
        using var yardstick = new Yardstick(new YardstickOptions
        {
            RecordingPath = result.GetRequiredValue(_recording),
            Viewers = result.GetValue(_viewers) ?? 1,
            Batch = TimeSpan.FromMilliseconds(result.GetValue(_batch) ?? 33),
        });
        _terminal.Out.WriteLine($"port {yardstick.Port}");
        _terminal.Out.Flush();
        yardstick.Run();
        return ExitCode.Success;
    }
}
