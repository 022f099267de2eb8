using KnSock.Protocol.Messages;
using KnSock.Server.Adaptation;
using KnSock.Simulation.Policies;

namespace KnSock.Simulation.Tests.Policies;

public sealed class GccTests
{
    private static readonly LinkEstimate Fast = new(20e6, IsCapacity: false, Busy: TimeSpan.Zero);

    [Fact]
    public void TheTargetGrowsBy8PercentASecond()
    {
        var selector = new GccSelector(new GccOptions(), 2);
        selector.Update(Seen.Live(0.5, sent: 2, link: Fast), TimeSpan.Zero);
        Assert.Equal(Seen.Rates[2], selector.Target!.Value, 1e-6);
        for (var tenth = 1; tenth <= 50; tenth++)
        {
            selector.Update(Seen.Live(0.5, sent: 2, link: Fast), TimeSpan.FromSeconds(tenth / 10.0));
        }

        Assert.Equal(Seen.Rates[2] * Math.Pow(1.08, 5), selector.Target!.Value, 1);
        Assert.Equal(2, selector.Rung);
    }

    [Fact]
    public void TheHighestRungBelowTheTargetIsSent()
    {
        var selector = new GccSelector(new GccOptions(), 2);
        var at = 0.0;
        for (; selector.Target is null || selector.Target < Seen.Rates[3]; at += 0.1)
        {
            Assert.Equal(2, selector.Rung);
            selector.Update(Seen.Live(0.5, sent: 2, link: Fast), TimeSpan.FromSeconds(at));
        }

        Assert.Equal(3, selector.Rung);
        // ln 2 / ln 1.08 seconds.
        Assert.InRange(at, 9.0, 9.4);
    }

    [Fact]
    public void ItIsNoMoreThanOneAndAHalfTimesWhatIsReceived()
    {
        var selector = new GccSelector(new GccOptions(), 2);
        for (var tenth = 0; tenth < 300; tenth++)
        {
            selector.Update(Seen.Live(0.5, sent: 2, link: new(1.5e6, IsCapacity: false, Busy: TimeSpan.Zero)), TimeSpan.FromSeconds(tenth / 10.0));
        }

        Assert.Equal(1.5 * 1.5e6, selector.Target!.Value, 1);
    }

    [Fact]
    public void ADelayThatGrowsBringsItTo85PercentOfWhatIsReceived()
    {
        var selector = new GccSelector(new GccOptions(), 3);
        selector.Update(Seen.Live(0.5, sent: 3, link: Fast), TimeSpan.Zero);

        // What is sent next falls behind by a fifth of a second each second.
        Decision? decision = null;
        for (var tenth = 1; tenth <= 4; tenth++)
        {
            Assert.Null(decision);
            decision = selector.Update(Falling(tenth, 2e6), TimeSpan.FromSeconds(tenth / 10.0));
        }

        Assert.Equal(0.85 * 2e6, selector.Target!.Value, 1);
        Assert.Equal(2, decision?.Rung);
        Assert.Contains("delay grows", decision?.Reason, StringComparison.Ordinal);

        static SelectorInput Falling(int tenth, double rate) =>
            Seen.Live(0.4, sent: 3, link: Seen.Busy(rate, tenth / 10.0)) with { Lead = TimeSpan.FromSeconds(0.5 - (0.02 * tenth)) };
    }

    [Fact]
    public void LessThanTheLowestRungIsNeverAimedAt()
    {
        var selector = new GccSelector(new GccOptions(), 3);
        for (var tenth = 0; tenth <= 20; tenth++)
        {
            selector.Update(Seen.Live(0, sent: 3, link: Seen.Busy(1000)) with { Lead = TimeSpan.FromSeconds(0.5 - (0.1 * tenth)) }, TimeSpan.FromSeconds(tenth / 10.0));
        }

        Assert.Equal((Seen.Rates[0], 0), (selector.Target!.Value, selector.Rung));
    }

    [Fact]
    public void MoreAndMoreUnderWayIsADelayThatGrows()
    {
        var selector = new GccSelector(new GccOptions(), 3);
        for (var tenth = 0; tenth <= 4; tenth++)
        {
            // 10 ms more each 100 ms.
            selector.Update(
                Seen.Live(0.4, sent: 3, link: Seen.Busy(2e6)) with { Lead = TimeSpan.FromSeconds(0.5), UnderWay = (long)(2e6 / 8 * 0.01 * tenth) },
                TimeSpan.FromSeconds(tenth / 10.0));
        }

        Assert.Equal(2, selector.Rung);
    }

    [Fact]
    public void WhileQueuesDrainTheTargetStaysAtTheLiveEdge()
    {
        var selector = new GccSelector(new GccOptions(), 2);
        for (var tenth = 0; tenth <= 4; tenth++)
        {
            selector.Update(Draining(tenth), TimeSpan.FromSeconds(tenth / 10.0));
        }

        var before = selector.Target;
        selector.Update(Draining(5), TimeSpan.FromSeconds(0.5));
        Assert.Equal(before, selector.Target);

        static SelectorInput Draining(int tenth) =>
            Seen.Live(0.4, sent: 2, link: Seen.Busy(3e6)) with { Lead = TimeSpan.FromSeconds(0.2 + (0.03 * tenth)) };
    }

    [Fact]
    public void WithReadAheadABufferThatFillsLetsItGrow()
    {
        var selector = new GccSelector(new GccOptions(), 2);
        for (var tenth = 0; tenth <= 20; tenth++)
        {
            selector.Update(Seen.Ahead(1 + (0.1 * tenth), sent: 2, Seen.Busy(6e6)), TimeSpan.FromSeconds(tenth / 10.0));
        }

        Assert.Equal(Seen.Rates[2] * Math.Pow(1.08, 2), selector.Target!.Value, 1);
    }
}
