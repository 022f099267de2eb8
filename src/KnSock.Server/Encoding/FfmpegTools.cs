using System.Text.RegularExpressions;

namespace KnSock.Server.Encoding;

/// <summary>The ffmpeg and ffprobe that are used.</summary>
internal sealed partial record FfmpegTools(string Ffmpeg, string Ffprobe, Version Version)
{
    private static readonly Version Oldest = new(5, 1);

    /// <summary>Finds both on the PATH.</summary>
    /// <exception cref="LiveStreamServerException">One is missing or too old.</exception>
    public static async Task<FfmpegTools> FindAsync(CancellationToken cancellationToken)
    {
        var (ffmpeg, ffprobe) = (Find("ffmpeg"), Find("ffprobe"));
        if (ffmpeg is null || ffprobe is null)
        {
            throw new LiveStreamServerException($"{(ffmpeg is null ? "ffmpeg" : "ffprobe")} was not found on the PATH; install ffmpeg 5.1 or newer (apt-get install ffmpeg)");
        }

        var version = await ReadVersionAsync(ffmpeg, cancellationToken);
        return version < Oldest
            ? throw new LiveStreamServerException($"{ffmpeg} is version {version}; KnSock needs {Oldest} or newer")
            : new FfmpegTools(ffmpeg, ffprobe, version);
    }

    private static string? Find(string name)
    {
        var file = OperatingSystem.IsWindows() ? name + ".exe" : name;
        return (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Select(folder => Path.Combine(folder, file))
            .FirstOrDefault(File.Exists);
    }

    private static async Task<Version> ReadVersionAsync(string ffmpeg, CancellationToken cancellationToken)
    {
        await using var child = ChildProcess.Start(ffmpeg, ["-version"]);
        using var reader = new StreamReader(child.Output);
        var line = await reader.ReadLineAsync(cancellationToken) ?? "";
        var match = VersionPattern().Match(line);
        // Builds from a development branch carry a commit in place of a number; they are newer than anything required.
        return match.Success ? Version.Parse(match.Groups["number"].Value) : new Version(99, 0);
    }

    [GeneratedRegex(@"^ffmpeg version n?(?<number>\d+\.\d+)", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex VersionPattern();
}
