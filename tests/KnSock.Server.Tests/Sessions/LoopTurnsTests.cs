using KnSock.Media;
using KnSock.Protocol.Messages;
using KnSock.Server.Channels;
using KnSock.Server.Diagnostics;
using KnSock.Server.Sessions;
using KnSock.Server.Sources;
using KnSock.Testing;
using Segments = KnSock.Server.Loops.Segments;

namespace KnSock.Server.Tests.Sessions;

/// <summary>A thousand turns of a loop as they go out to a viewer: one timeline without a seam.</summary>
public sealed class LoopTurnsTests
{
    private const int Turns = 1000;

    public static TheoryData<int, int, double, int?> Loops => new()
    {
        { 30, 1, 5, null },
        { 25, 1, 5, null },
        { 60, 1, 5, null },
        { 30_000, 1001, 5, null },
        { 24_000, 1001, 5, null },
        { 30_000, 1001, 4.97, null },
        { 60_000, 1001, 5.02, null },
        // A last GOP of one frame, whose time holds no sound of its own.
        { 60, 1, 301 / 60.0, null },
        { 30, 1, 0.03, null },
        // GOPs of a source that is passed through.
        { 30_000, 1001, 5, 1 },
        { 24_000, 1001, 4.9, 2 },
        { 50, 1, 5, 3 },
    };

    [Theory]
    [MemberData(nameof(Loops))]
    public void AThousandTurnsAreOneTimeline(int numerator, int denominator, double seconds, int? seed)
    {
        var timeline = Timeline(new FrameRate(numerator, denominator), seconds, seed);
        using var metrics = new ServerMetrics(factory: null);
        var channel = FilledChannel.Create(timeline);
        var picture = new TimelineObserver(timeline, TrackKind.Video, Turns);
        var sound = new TimelineObserver(timeline, TrackKind.Audio, Turns);

        Send(channel, channel.VideoTracks[0], picture, rungs: null, metrics);
        Send(channel, channel.AudioTrack, sound, rungs: null, metrics);

        Assert.Equal(picture.TurnStarts, sound.TurnStarts);
        Assert.Equal(Turns, picture.TurnStarts.Count);
        // The exact length, rounded once.
        var exact = (((Int128)Turns * timeline.FrameCount * denominator * 2_000_000) + numerator) / (2 * numerator);
        Assert.Equal((long)exact, timeline.TurnStart(Turns).Microseconds);
        Assert.InRange((timeline.TurnStart(Turns) - sound.End).TotalMicroseconds, -1, 1);
        Assert.Equal(timeline.FrameCount * Turns, picture.Units);
        Assert.Equal(timeline.FirstAudioUnit(timeline.GopCount) * Turns, sound.Units);
        Assert.Equal((1, 1), (picture.Discontinuities, sound.Discontinuities));
    }

    /// <summary>Changes every few GOPs, so that each place of the turn is met, its first and last GOP too.</summary>
    [Theory]
    [MemberData(nameof(Loops))]
    public void ChangesOfRungLeaveTheTimelineAsItIs(int numerator, int denominator, double seconds, int? seed)
    {
        var timeline = Timeline(new FrameRate(numerator, denominator), seconds, seed);
        using var metrics = new ServerMetrics(factory: null);
        var channel = FilledChannel.Create(timeline);
        var rungs = new Alternating(new RungSwitch(channel.VideoTracks, 0));
        var picture = new TimelineObserver(timeline, TrackKind.Video, Turns);

        Send(channel, channel.VideoTracks[0], picture, rungs, metrics);

        Assert.Equal(timeline.FrameCount * Turns, picture.Units);
        Assert.Equal(1, picture.Discontinuities);
        Assert.True(picture.Changes >= (Turns * timeline.GopCount / 5) - 1, $"{picture.Changes} changes of rung");
        Assert.Equal(timeline.GopCount, rungs.ChangedAt.Count);
    }

    private static LoopTimeline Timeline(FrameRate rate, double seconds, int? seed)
    {
        var regular = Make.Timeline(rate, seconds);
        if (seed is not { } s)
        {
            return regular;
        }

        var random = new Random(s);
        var starts = Enumerable.Range(0, 5).Select(_ => random.NextInt64(1, regular.FrameCount)).Append(0).Distinct().Order().ToArray();
        return new LoopTimeline(rate, regular.FrameCount, starts, Make.SampleRate);
    }

    private static void Send(Channel channel, RenditionTrack track, TimelineObserver observer, IRungs? rungs, ServerMetrics metrics)
    {
        var clock = new ServerClock(new ManualTimeProvider());
        var viewing = new Viewing(
            new Select { Selection = 1, Channel = 0, From = StartPoint.Beginning },
            channel,
            (Turns + 2) * channel.Timeline.Duration,
            TimeSpan.FromSeconds(1),
            clock.Now);
        var sender = new MediaSender(observer, new Segments(), metrics);
        sender.Begin(viewing, [new TrackFeed(viewing, track, rungs)]);
        sender.Send(clock.Elapsed);
        sender.Begin(viewing: null, []);
        Assert.False(track.IsRead);
    }

    /// <summary>Wants the other rung with every third GOP, or every fifth where that would be the same GOPs of each turn.</summary>
    private sealed class Alternating(RungSwitch rungs) : IRungs, IDisposable
    {
        private int _gops;
        private int _rung;

        public HashSet<int> ChangedAt { get; } = [];

        public bool IsPending => rungs.IsPending;

        public void Suspend() => rungs.Suspend();

        public void Steer(TrackCursor cursor, TimeSpan now)
        {
            if (!cursor.IsAtGopStart)
            {
                return;
            }

            if (_gops++ % (cursor.Track.Timeline.GopCount % 3 == 0 ? 5 : 3) == 0)
            {
                rungs.Choose(_rung ^= 1, "test");
                Assert.True(rungs.TryAtGopStart(cursor));
                ChangedAt.Add(cursor.Gop);
            }
            else
            {
                Assert.False(rungs.TryAtGopStart(cursor));
            }
        }

        public void Dispose() => rungs.Dispose();
    }
}
