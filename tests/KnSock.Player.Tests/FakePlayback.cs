using KnSock.Client.Playout;
using KnSock.Media;
using KnSock.Protocol.Messages;

namespace KnSock.Player.Tests;

/// <summary>A playback that gives nothing and remembers what was asked of it.</summary>
internal sealed class FakePlayback(TimeProvider time) : IPlayback
{
    public TimeProvider Time => time;

    public IReadOnlyList<ChannelInfo> Channels { get; } = [Named(0, "Sea and Sky"), Named(1, "Town"), Named(2, "Night")];

    public ChannelInfo Channel { get; set; } = Named(0, "Sea and Sky");

    public uint Selection => 1;

    public double VideoFps => 30;

    public bool Paused { get; set; }

    public List<string> Errors { get; } = [];

    public Func<ChannelInfo, Task>? Selecting { get; set; }

    public PlaybackStatistics Statistics { get; set; } = new()
    {
        Channel = "Sea and Sky",
        JoinMs = 212.4,
        FramesPresented = 3_604,
        FramesDropped = 2,
        Stalls = 0,
        StallMs = 0,
        AvSkewP95Ms = 6.2,
        LatencyP50Ms = 231,
        LatencyP95Ms = 248,
        Switches = 3,
        Renditions = ["480p", "720p"],
        Rendition = "720p",
        RenditionReason = "buffer 7.4 s and throughput allow 720p",
        BytesReceived = 48_700_000,
        AudioSeconds = 120.1,
        VideoBufferSeconds = 7.4,
        AudioBufferSeconds = 6.1,
        DecodeP95Ms = 2.8,
        Errors = [],
    };

    public Timestamp? Position => null;

    public Timestamp? StandsAt { get; set; }

    public bool CanSeek { get; set; }

    public List<Timestamp> Sought { get; } = [];

    public Func<Task>? Seeking { get; set; }

    public Task SeekAsync(Timestamp position, CancellationToken cancellationToken)
    {
        Sought.Add(position);
        StandsAt = position;
        return (Seeking?.Invoke() ?? Task.CompletedTask).WaitAsync(cancellationToken);
    }

    public async Task SelectAsync(ChannelInfo channel, CancellationToken cancellationToken)
    {
        if (Selecting is { } selecting)
        {
            await selecting(channel);
        }

        Channel = channel;
    }

    public bool TryTake(TrackKind track, out QueuedUnit unit)
    {
        unit = default;
        return false;
    }

    public async ValueTask WaitAsync(TrackKind track, CancellationToken cancellationToken) =>
        await Task.Delay(TimeSpan.FromMilliseconds(20), time, cancellationToken);

    public void ReportReady(uint selection)
    {
    }

    public void ReportAudioPosition(Timestamp position)
    {
    }

    public void ReportPicture(PictureOutcome outcome, Timestamp pts)
    {
    }

    public void ReportDecodeTime(TimeSpan time)
    {
    }

    public void ReportAudioPlayed(TimeSpan duration)
    {
    }

    public void ReportError(string message) => Errors.Add(message);

    private static ChannelInfo Named(int index, string title) => new()
    {
        Index = index,
        Name = $"{title}.mp4",
        Title = title,
        DurationSeconds = 60,
        Width = 1280,
        Height = 720,
        FrameRate = 30,
        HasAudio = true,
        Renditions = [],
    };
}
