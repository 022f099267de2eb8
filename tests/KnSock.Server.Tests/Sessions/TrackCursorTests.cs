using KnSock.Media;
using KnSock.Server.Channels;
using KnSock.Server.Sessions;
using KnSock.Server.Tests.Channels;

namespace KnSock.Server.Tests.Sessions;

public sealed class TrackCursorTests
{
    [Theory]
    [InlineData(TrackKind.Video, 3.3, 30)]
    [InlineData(TrackKind.Audio, 3.3, 30)]
    [InlineData(TrackKind.Audio, 421 / 60.0, 60)]
    [InlineData(TrackKind.Video, 0.01, 30)]
    [InlineData(TrackKind.Audio, 0.01, 60)]
    public void TurnsFollowWithoutAGap(TrackKind kind, double seconds, int fps)
    {
        var (timeline, track) = Filled(kind, seconds, fps);
        using var cursor = new TrackCursor(timeline, track, turn: 5, gop: 0);
        var (end, sequence) = ((Timestamp?)null, uint.MaxValue);
        for (var i = 0; i < 2000; i++)
        {
            var turnStart = cursor.TurnStart;
            var unit = cursor.Read();
            var start = turnStart + unit.Pts.SinceZero;
            Assert.True(unit.Sequence == sequence + 1 || unit.Sequence == 0);
            if (end is { } before && unit.Sequence != 0)
            {
                Assert.InRange((start - before).TotalMicroseconds, -2, 2);
            }

            (end, sequence) = (start + unit.Duration, unit.Sequence);
        }

        Assert.True(cursor.TurnStart > timeline.TurnStart(6));
    }

    [Fact]
    public void AViewerThatBeginsInAGopWithoutSoundBeginsWithTheNextTurn()
    {
        var (timeline, track) = Filled(TrackKind.Audio, 421 / 60.0, 60);
        using var cursor = new TrackCursor(timeline, track, turn: 2, gop: 7);

        Assert.True(cursor.TryPeek(out var next));

        Assert.Equal(0u, next[cursor.Unit].Sequence);
        Assert.Equal(timeline.TurnStart(3), cursor.TurnStart);
    }

    [Fact]
    public void TheRestOfAnAbandonedGopIsPassedOver()
    {
        var timeline = Make.Timeline(Make.Fps(10), 3);
        var track = new RenditionTrack(Make.Rung(), timeline, new MediaMemory(long.MaxValue), 2);
        var gop = track.TryBegin(0, Make.VideoSetup())!;
        track.Append(gop, FakeEncoder.Unit(timeline, TrackKind.Video, 0, 0));
        using var cursor = new TrackCursor(timeline, track, 0, 0);
        cursor.Read();
        Assert.False(cursor.TryPeek(out _));

        track.Abandon(gop);
        Assert.False(cursor.TryPeek(out _));
        Assert.True(cursor.HasSkipped);
        Fill(track, timeline, 1);

        Assert.True(cursor.TryPeek(out var next));
        Assert.Equal(10u, next[cursor.Unit].Sequence);
        Assert.True(cursor.HasSkipped);
        cursor.Read();
        Assert.False(cursor.HasSkipped);
    }

    [Fact]
    public void AnAbandonedGopOfWhichNothingWasReadIsWaitedForAnew()
    {
        var timeline = Make.Timeline(Make.Fps(10), 3);
        var track = new RenditionTrack(Make.Rung(), timeline, new MediaMemory(long.MaxValue), 2);
        var gop = track.TryBegin(0, Make.VideoSetup())!;
        track.Append(gop, FakeEncoder.Unit(timeline, TrackKind.Video, 0, 0));
        using var cursor = new TrackCursor(timeline, track, 0, 0);
        Assert.True(cursor.TryPeek(out _));
        track.Abandon(gop);
        Assert.False(cursor.TryPeek(out _));
        Fill(track, timeline, 0);

        Assert.True(cursor.TryPeek(out var next));
        Assert.Equal((0u, false), (next[cursor.Unit].Sequence, cursor.HasSkipped));
    }

    [Fact]
    public void AnotherRungBeginsTheGopAgain()
    {
        var (timeline, track) = Filled(TrackKind.Video, 3, 10);
        var (_, other) = Filled(TrackKind.Video, 3, 10);
        using var cursor = new TrackCursor(timeline, track, 0, 1);
        for (var i = 0; i < 4; i++)
        {
            cursor.Read();
        }

        Assert.Equal((false, 6), (cursor.IsAtGopStart, cursor.UnitsLeft));
        cursor.SwitchTo(other);

        Assert.True(cursor.TryPeek(out var next));
        Assert.Equal((10u, true, true, false), (next[cursor.Unit].Sequence, next[cursor.Unit].IsKeyframe, other.IsRead, track.IsRead));
    }

    internal static void Fill(RenditionTrack track, Server.Sources.LoopTimeline timeline, int index)
    {
        var kind = track.Rendition.Kind;
        if (timeline.UnitsIn(kind, index) == 0)
        {
            return;
        }

        var gop = track.TryBegin(index, kind == TrackKind.Video ? Make.VideoSetup() : Make.AudioSetup)!;
        for (var unit = 0; unit < timeline.UnitsIn(kind, index); unit++)
        {
            track.Append(gop, FakeEncoder.Unit(timeline, kind, index, unit));
        }
    }

    private static (Server.Sources.LoopTimeline, RenditionTrack) Filled(TrackKind kind, double seconds, int fps)
    {
        var timeline = Make.Timeline(Make.Fps(fps), seconds);
        var track = new RenditionTrack(kind == TrackKind.Video ? Make.Rung() : Make.Stereo, timeline, new MediaMemory(long.MaxValue), 2);
        for (var gop = 0; gop < timeline.GopCount; gop++)
        {
            Fill(track, timeline, gop);
        }

        return (timeline, track);
    }
}
