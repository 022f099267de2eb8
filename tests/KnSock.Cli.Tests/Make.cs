using KnSock.Client.Playout;
using KnSock.Protocol.Messages;

namespace KnSock.Cli.Tests;

/// <summary>Values for tests.</summary>
internal static class Make
{
    public static ChannelInfo Channel(int index, string name, string? title = null) => new()
    {
        Index = index,
        Name = name,
        Title = title ?? name,
        DurationSeconds = 20,
        Width = 1280,
        Height = 720,
        FrameRate = 30,
        HasAudio = true,
        Renditions =
        [
            new RenditionInfo { Index = 0, Name = "240p", Width = 426, Height = 240, BitsPerSecond = 290_000 },
            new RenditionInfo { Index = 1, Name = "720p", Width = 1280, Height = 720, BitsPerSecond = 3_000_000 },
        ],
    };

    public static PlaybackStatistics Statistics(double? joinMs = 120.456) => new()
    {
        Channel = "news",
        JoinMs = joinMs,
        FramesPresented = 600,
        FramesDropped = 1,
        Stalls = 0,
        StallMs = 0,
        AvSkewP95Ms = 4.2,
        LatencyP50Ms = 210,
        LatencyP95Ms = 230,
        Switches = 1,
        Renditions = ["240p", "720p"],
        Rendition = "720p",
        RenditionReason = "the buffer is full",
        TargetDelayMs = 340.5,
        LowestPlaybackRate = 0.95,
        HighestPlaybackRate = 1.1,
        Jumps = 2,
        BytesReceived = 7_500_000,
        AudioSeconds = 20.01,
        VideoBufferSeconds = 3.25,
        AudioBufferSeconds = 3.5,
        DecodeP95Ms = 2,
        Errors = [],
    };
}
