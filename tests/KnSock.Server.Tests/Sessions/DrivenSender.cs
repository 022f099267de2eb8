using KnSock.Media;
using KnSock.Protocol.Messages;
using KnSock.Server.Adaptation;
using KnSock.Server.Channels;
using KnSock.Server.Diagnostics;
using KnSock.Server.Loops;
using KnSock.Server.Sessions;
using KnSock.Server.Sources;
using KnSock.Testing;
using Segments = KnSock.Server.Loops.Segments;

namespace KnSock.Server.Tests.Sessions;

/// <summary>A sender of a channel of which all lies ready, on virtual time; its connection takes what the test says.</summary>
internal sealed class DrivenSender : IDisposable
{
    private readonly ServerMetrics _metrics = new(factory: null);

    public DrivenSender(LoopTimeline timeline, IMediaConnection? connection = null, LowSound lowSound = LowSound.None)
    {
        (Timeline, Clock) = (timeline, new ServerClock(Time));
        Connection = new FakeMediaConnection(Clock);
        Channel = FilledChannel.Create(timeline, lowSound);
        Media = new MediaSender(connection ?? Connection, new Segments(), _metrics);
    }

    public LoopTimeline Timeline { get; }

    public ManualTimeProvider Time { get; } = new();

    public ServerClock Clock { get; }

    public FakeMediaConnection Connection { get; }

    public Channel Channel { get; }

    public MediaSender Media { get; }

    public List<SoundNotice> SoundNotices { get; } = [];

    public Viewing Begin(
        uint selection = 1, StartPoint from = StartPoint.Beginning, double maxBuffer = 3, TrackKind? only = null, IRungs? rungs = null, SoundChoice? sound = null)
    {
        var viewing = new Viewing(
            new Select { Selection = selection, Channel = 0, From = from }, Channel, TimeSpan.FromSeconds(maxBuffer), FakeChannel.LargestBatch, Clock.Now);
        var feeds = new List<TrackFeed>();
        if (only is not TrackKind.Video)
        {
            var steering = sound is null ? null : new SoundSteering(viewing, sound, SoundNotices.Add);
            feeds.Add(new TrackFeed(viewing, steering?.Wanted ?? Channel.AudioTrack, steering));
        }

        if (only is not TrackKind.Audio)
        {
            feeds.Add(new TrackFeed(viewing, Channel.VideoTracks[0], rungs));
        }

        Media.Begin(viewing, feeds);
        return viewing;
    }

    public void Report(Viewing viewing, double position) => viewing.Report(
        new FeedbackFigures(1, PlayoutState.Playing, position, VideoBufferSeconds: 1, AudioBufferSeconds: 1, TargetSeconds: 0), Clock.Now);

    /// <summary>Sends what may be sent now.</summary>
    public TimeSpan Send() => Media.Send(Clock.Elapsed);

    /// <summary>Sends as often as there is room until all that may be sent is.</summary>
    public void SendAll()
    {
        var steps = 0;
        do
        {
            Send();
            Assert.True(++steps < 1_000_000);
        }
        while (Media.IsBlocked);
    }

    /// <summary>Lets time pass, sending whenever that is due.</summary>
    /// <param name="until">Seconds since the start.</param>
    /// <param name="sent">Is told after each step when it was.</param>
    public void Run(double until, Action<TimeSpan>? sent = null)
    {
        var end = TimeSpan.FromSeconds(until);
        while (true)
        {
            var now = Clock.Elapsed;
            var due = Media.Send(now);
            sent?.Invoke(now);
            // As the loop does: to the millisecond, and never at once again.
            var next = due == LoopMember.Never ? end : TimeSpan.FromMilliseconds(Math.Ceiling(Math.Max(due.TotalMilliseconds, now.TotalMilliseconds + 1)));
            if (next >= end)
            {
                Time.Advance(end - Time.Now);
                return;
            }

            Time.Advance(next - Time.Now);
            while (Clock.Elapsed < due)
            {
                // The clock's ticks are longer.
                Time.Advance(TimeSpan.FromTicks(1));
            }
        }
    }

    public void Dispose()
    {
        Media.Begin(viewing: null, []);
        Assert.False(Channel.AudioTrack.IsRead || Channel.LowAudioTrack?.IsRead == true || Channel.VideoTracks[0].IsRead || Channel.VideoTracks[1].IsRead);
        _metrics.Dispose();
    }
}
