using KnSock.Client.Playout;
using KnSock.Client.Recording;
using KnSock.Player;

namespace KnSock.Cli.Playing;

/// <summary>What the command plays into.</summary>
internal static class Sinks
{
    /// <summary>A window, or nothing to look at; a recording beside it where a file is named.</summary>
    /// <param name="headless">No window.</param>
    /// <param name="recordTo">File for the recording, or null.</param>
    /// <param name="notice">Is told when there is no display or no sound card, and when the recording fails.</param>
    public static IMediaSink Create(bool headless, string? recordTo, Action<string> notice)
    {
        IMediaSink watching = headless ? new HeadlessSink() : new WindowSink(notice);
        return recordTo is null ? watching : new BranchingSink(watching, new Mp4RecordingSink(recordTo), notice);
    }
}
