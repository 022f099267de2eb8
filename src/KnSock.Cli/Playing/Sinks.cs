using KnSock.Cli.Output;
using KnSock.Client;
using KnSock.Client.Playout;

namespace KnSock.Cli.Playing;

/// <summary>What the command plays into.</summary>
internal static class Sinks
{
    /// <summary>The window, or nothing to look at; a recording beside it where a file is named.</summary>
    public static IMediaSink Create(bool headless, string? recordTo, Terminal terminal) =>
        throw new LiveStreamException($"playing {headless} {recordTo} {terminal.OutIsTerminal}");
}
