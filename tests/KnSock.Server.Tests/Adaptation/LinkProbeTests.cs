using KnSock.Protocol.Messages;
using KnSock.Server.Adaptation;

namespace KnSock.Server.Tests.Adaptation;

public sealed class LinkProbeTests
{
    private readonly LinkProbe _probe = new(new LinkProbeOptions { Jitter = 0 }, seed: 1);

    [Fact]
    public void ItMakesUpTheDifferenceToSomeMoreThanTheNextRungNeeds()
    {
        var bytes = 0;
        for (var at = 0.0; at < 0.5; at += 0.01)
        {
            _probe.Update(Viewer(1), T(at));
            bytes += _probe.Due(T(at));
        }

        var missing = (1.2 * Seen.Rates[2]) - Seen.Rates[1];
        Assert.InRange(bytes * 8 / missing, 0.33, 0.37);
        Assert.False(_probe.IsRunning);
    }

    [Fact]
    public void ItKeepsQuietWhereThereIsNothingToLearn()
    {
        AssertQuiet(Viewer(1) with { IsAtLiveEdge = false });
        AssertQuiet(Viewer(1) with { State = PlayoutState.Stalled });
        AssertQuiet(Viewer(4));
        AssertQuiet(Viewer(3) with { Withdrawn = [null, null, null, null, "too slow"] });
        // It is known already: because bytes waited, or because so much came through.
        AssertQuiet(Viewer(1) with { Link = new LinkEstimate(900_000, IsCapacity: true, TimeSpan.FromSeconds(1)) });
        AssertQuiet(Viewer(1) with { Link = new LinkEstimate(1.3 * Seen.Rates[2], IsCapacity: false, TimeSpan.Zero) });
        // What was sent has not arrived yet.
        AssertQuiet(Viewer(1) with { UnderWay = 20_000 });
        AssertQuiet(Viewer(1) with { Lead = TimeSpan.FromMilliseconds(300) });
    }

    [Fact]
    public void ItEndsAtOnceWhenBytesQueueUp()
    {
        _probe.Update(Viewer(1), T(0));
        Assert.True(_probe.IsRunning);

        _probe.Update(Viewer(1) with { Lead = TimeSpan.FromMilliseconds(240) }, T(0.1));

        Assert.False(_probe.IsRunning);
        Assert.Equal(0, _probe.Due(T(0.2)));
    }

    [Fact]
    public void WhatDoesNotLeadUpIsTriedMoreAndMoreRarely()
    {
        List<double> begun = [];
        for (var at = 0.0; at < 600; at += 0.1)
        {
            var was = _probe.IsRunning;
            _probe.Update(Viewer(1), T(at));
            begun.AddRange(_probe.IsRunning && !was ? [at] : (double[])[]);
        }

        var waits = begun.Zip(begun.Skip(1), (a, b) => b - a).ToArray();
        Assert.InRange(waits[0], 1.2, 1.6);
        Assert.All(waits.Zip(waits.Skip(1)), w => Assert.True(w.Second >= w.First - 0.11));
        Assert.InRange(waits[^1], 30, 31);
    }

    [Fact]
    public void AfterAStepUpTheNextOneIsTriedSoon()
    {
        for (var at = 0.0; at < 100; at += 0.1)
        {
            _probe.Update(Viewer(1), T(at));
        }

        var quiet = 0.0;
        while (!_probe.IsRunning && quiet < 40)
        {
            _probe.Update(Viewer(2), T(100 + quiet));
            quiet += 0.1;
        }

        _probe.Update(Viewer(2), T(200));
        _probe.Update(Viewer(2), T(201.1));
        Assert.True(_probe.IsRunning);
    }

    private static TimeSpan T(double seconds) => TimeSpan.FromSeconds(seconds);

    /// <summary>A viewer half a second behind the live edge, whose link has shown no more than what it was sent.</summary>
    private static SelectorInput Viewer(int rung) => Seen.Viewer(rung, Seen.Rates[rung], lead: 0.5) with
    {
        IsAtLiveEdge = true,
        MaxBuffer = TimeSpan.FromMilliseconds(500),
        Link = new LinkEstimate(Seen.Rates[rung], IsCapacity: false, TimeSpan.Zero),
    };

    private static void AssertQuiet(in SelectorInput input)
    {
        var probe = new LinkProbe(new LinkProbeOptions(), seed: 1);
        probe.Update(input, T(0));
        Assert.False(probe.IsRunning);
    }
}
