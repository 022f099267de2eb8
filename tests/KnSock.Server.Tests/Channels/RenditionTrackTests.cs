using KnSock.Media;
using KnSock.Server.Channels;
using KnSock.Server.Sources;

namespace KnSock.Server.Tests.Channels;

public sealed class RenditionTrackTests
{
    private static readonly LoopTimeline Timeline = Make.Timeline(Make.Fps(10), 10);
    private readonly RenditionTrack _track = new(Make.Rung(), Timeline, new MediaMemory(long.MaxValue), leadGops: 3);

    [Fact]
    public void OnlyOneRunCanBeginAGop()
    {
        Gop?[] begun = new Gop?[16];
        Parallel.For(0, begun.Length, i => begun[i] = _track.TryBegin(4, Make.VideoSetup()));

        Assert.Same(Assert.Single(begun, g => g is not null), _track[4]);
    }

    [Fact]
    public void WhatIsMissingIsFoundNearestFirstAndAcrossTheSeam()
    {
        using var reader = _track.OpenReader(8);
        _track.TryBegin(8, Make.VideoSetup());

        Assert.Equal(9, _track.FirstMissing(_ => false));
        Assert.Equal(0, _track.FirstMissing(gop => gop == 9));
        Assert.Null(_track.FirstMissing(gop => gop is 9 or 0 or 1));
    }

    [Fact]
    public void WantedIsWhatLiesWithinTheLeadAheadOfAReader()
    {
        using var reader = _track.OpenReader(8);

        Assert.Equal([0, 1, 8, 9], Enumerable.Range(0, 10).Where(g => _track.Readers.Want(g)));
        Assert.Equal([0, 1, 2, 3, 4, 8, 9], Enumerable.Range(0, 10).Where(g => _track.Readers.Want(g, leads: 2)));
        reader.Dispose();
        Assert.DoesNotContain(Enumerable.Range(0, 10), g => _track.Readers.Want(g));
        Assert.False(_track.IsRead);
    }

    [Fact]
    public void ChangesAreSignalled()
    {
        var changed = _track.Changed;
        var gop = _track.TryBegin(0, Make.VideoSetup())!;
        _track.Append(gop, FakeEncoder.Unit(Timeline, TrackKind.Video, 0, 0));
        Assert.True(changed.IsCompleted);
        changed = _track.Changed;
        Assert.False(changed.IsCompleted);
        _track.Abandon(gop);
        Assert.True(changed.IsCompleted && gop.IsAbandoned && _track[0] is null);
        changed = _track.Changed;
        _track.SetFault("it");
        Assert.True(changed.IsCompleted);

        var demand = _track.DemandChanged;
        var reader = _track.OpenReader(0);
        Assert.True(demand.IsCompleted);
        demand = _track.DemandChanged;
        reader.MoveTo(1);
        Assert.True(demand.IsCompleted);
        demand = _track.DemandChanged;
        reader.Dispose();
        Assert.True(demand.IsCompleted);
    }
}
