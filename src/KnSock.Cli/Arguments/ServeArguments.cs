using System.Diagnostics.CodeAnalysis;

namespace KnSock.Cli.Arguments;

/// <summary>What follows <c>serve</c>: an optional port, then the files.</summary>
internal sealed record ServeArguments(int Port, IReadOnlyList<string> VideoPaths)
{
    /// <summary>The sound's port that belongs to it: the next one. A free one where that of the picture is to be a free one.</summary>
    public int AudioPort => Port == 0 ? 0 : Port + 1;

    /// <summary>The control port that belongs to it: ten above it, or a free one.</summary>
    public int ControlPort => Port == 0 ? 0 : Port + 10;

    /// <summary>Tells the port from the files: the first argument is one if it is a number and no file of that name exists.</summary>
    /// <param name="arguments">What follows.</param>
    /// <param name="fileExists">Whether a file is there.</param>
    /// <param name="needsVideo">Whether a file has to be named.</param>
    /// <param name="parsed">What it means.</param>
    /// <param name="error">What is wrong.</param>
    public static bool TryParse(
        IReadOnlyList<string> arguments,
        Func<string, bool> fileExists,
        bool needsVideo,
        [NotNullWhen(true)] out ServeArguments? parsed,
        [NotNullWhen(false)] out string? error)
    {
        (parsed, error) = (null, null);
        var port = Endpoint.DefaultPort;
        var hasPort = arguments.Count > 0 && arguments[0].Length > 0 && arguments[0].All(char.IsAsciiDigit) && !fileExists(arguments[0]);
        if (hasPort)
        {
            error = Endpoint.ReadPort(arguments[0], out port, lowest: 0);
        }

        IReadOnlyList<string> paths = [.. arguments.Skip(hasPort ? 1 : 0)];
        if (error is null && ((paths.Count == 0 && needsVideo) || paths.Any(string.IsNullOrEmpty)))
        {
            error = "no video to serve; name one file or more";
        }

        parsed = error is null ? new ServeArguments(port, paths) : null;
        return parsed is not null;
    }
}
