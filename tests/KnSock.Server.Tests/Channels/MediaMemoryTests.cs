using KnSock.Media;
using KnSock.Server.Channels;
using KnSock.Server.Sources;

namespace KnSock.Server.Tests.Channels;

public sealed class MediaMemoryTests
{
    private const int UnitBytes = 1000;
    private static readonly LoopTimeline Timeline = Make.Timeline(Make.Fps(10), 20);

    /// <summary>Bytes of a GOP: ten units, each with its header.</summary>
    private const long GopBytes = 10 * (UnitBytes + 44);

    [Fact]
    public void TheLimitIsKeptByDroppingWhatWasReadLongestAgo()
    {
        var memory = new MediaMemory(3 * GopBytes);
        var track = Track(memory);
        var first = Fill(track, 0);
        Fill(track, 1);
        Fill(track, 2);
        Assert.Equal(3 * GopBytes, memory.Bytes);

        track.Touch(first);
        Fill(track, 3);

        Assert.Equal(3 * GopBytes, memory.Bytes);
        Assert.Equal([0, 2, 3], Present(track));
    }

    [Fact]
    public void NothingThatAReaderNeedsSoonIsDropped()
    {
        var memory = new MediaMemory(2 * GopBytes);
        var track = Track(memory);
        using var reader = track.OpenReader(19);
        foreach (var gop in (int[])[19, 0, 1, 5, 6, 7])
        {
            Fill(track, gop);
        }

        // Lead 2, across the seam.
        Assert.Equal([0, 1, 19], Present(track));
        Assert.Equal(3 * GopBytes, memory.Bytes);
        reader.MoveTo(10);
        Fill(track, 10);
        Assert.Equal([1, 10], Present(track));
        Assert.Equal(2 * GopBytes, memory.Bytes);
    }

    [Fact]
    public void TheLimitHoldsForAllTracksTogether()
    {
        var memory = new MediaMemory(2 * GopBytes);
        var (one, other) = (Track(memory), Track(memory));
        Fill(one, 0);
        Fill(other, 0);
        Fill(other, 1);

        Assert.Empty(Present(one));
        Assert.Equal([0, 1], Present(other));
    }

    [Fact]
    public void AGopLargerThanTheLimitIsNotKept()
    {
        var memory = new MediaMemory(GopBytes / 2);
        var track = Track(memory);

        Fill(track, 0);

        Assert.Empty(Present(track));
        Assert.Equal(0, memory.Bytes);
    }

    [Fact]
    public void ReadingAGopThatWasDroppedDoesNoHarm()
    {
        var memory = new MediaMemory(GopBytes);
        var track = Track(memory);
        var dropped = Fill(track, 0);
        Fill(track, 1);

        track.Touch(dropped);

        Assert.Equal([1], Present(track));
        Assert.Equal(GopBytes, memory.Bytes);
        Assert.Equal(10, dropped.Count);
    }

    [Fact]
    public void WhatIsClosedIsLetGoAndStaysSo()
    {
        var memory = new MediaMemory(10 * GopBytes);
        var (one, other) = (Track(memory), Track(memory));
        Fill(one, 0);
        Fill(other, 0);
        var late = one.TryBegin(1, Make.VideoSetup())!;

        one.Close();
        for (var unit = 0; unit < 10; unit++)
        {
            one.Append(late, FakeEncoder.Unit(Timeline, TrackKind.Video, 1, unit, UnitBytes));
        }

        Assert.Empty(Present(one));
        Assert.Equal([0], Present(other));
        Assert.Equal(GopBytes, memory.Bytes);
        Assert.Null(one.TryBegin(2, Make.VideoSetup()));
    }

    private static RenditionTrack Track(MediaMemory memory) => new(Make.Rung(), Timeline, memory, leadGops: 2);

    private static Gop Fill(RenditionTrack track, int index)
    {
        var gop = track.TryBegin(index, Make.VideoSetup())!;
        for (var unit = 0; unit < 10; unit++)
        {
            track.Append(gop, FakeEncoder.Unit(Timeline, TrackKind.Video, index, unit, UnitBytes));
        }

        return gop;
    }

    private static IEnumerable<int> Present(RenditionTrack track) => Enumerable.Range(0, Timeline.GopCount).Where(g => track[g] is not null);
}
