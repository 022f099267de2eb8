using KnSock.Client.Playout;
using KnSock.Media;
using KnSock.Protocol.Messages;

namespace KnSock.Cli.Tests;

/// <summary>A playback whose units and figures a test sets.</summary>
internal sealed class FakePlayback(TimeProvider time) : IPlayback
{
    public Queue<QueuedUnit> Units { get; } = new();

    public List<string> Errors { get; } = [];

    public int PicturesReported { get; private set; }

    public TimeProvider Time { get; } = time;

    public IReadOnlyList<ChannelInfo> Channels => [Channel];

    public ChannelInfo Channel { get; } = Make.Channel(0, "news");

    public uint Selection => 1;

    public double VideoFps => 60;

    public bool Paused { get; set; }

    public PlaybackStatistics Statistics { get; set; } = Make.Statistics(joinMs: null);

    public Timestamp? Position => null;

    public Timestamp? StandsAt => null;

    public bool CanSeek => false;

    public Task SeekAsync(Timestamp position, CancellationToken cancellationToken) => Task.CompletedTask;

    public Task SelectAsync(ChannelInfo channel, CancellationToken cancellationToken) => Task.CompletedTask;

    public bool TryTake(TrackKind track, out QueuedUnit unit) => Units.TryDequeue(out unit);

    public ValueTask WaitAsync(TrackKind track, CancellationToken cancellationToken) => ValueTask.CompletedTask;

    public void ReportReady(uint selection)
    {
    }

    public void ReportAudioPosition(Timestamp position)
    {
    }

    public void ReportPicture(PictureOutcome outcome, Timestamp pts) => PicturesReported++;

    public void ReportDecodeTime(TimeSpan time)
    {
    }

    public void ReportAudioPlayed(TimeSpan duration)
    {
    }

    public void ReportError(string message) => Errors.Add(message);
}
