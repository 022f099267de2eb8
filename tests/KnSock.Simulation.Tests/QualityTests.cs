using KnSock.Simulation.Results;

namespace KnSock.Simulation.Tests;

public sealed class QualityTests
{
    private static readonly Quality Ladder = new([300, 600, 1200, 2400]);

    [Fact]
    public void TheLowestRungIsWorthNothingAndAStallAsMuchAsTheHighestIsWorth()
    {
        Assert.Equal(0, Ladder.Utility(0));
        Assert.Equal(Math.Log(8), Ladder.Utility(3), 1e-12);
        Assert.Equal(Math.Log(8), Ladder.StallWeight, 1e-12);
    }

    [Fact]
    public void WhatIsShownCountsAndStallsAndChangesAreTakenFromIt()
    {
        var outcome = Outcome(meanUtility: 1.2, stalledSeconds: 5, utilityChange: 10);

        Assert.Equal(1.2 - (Math.Log(8) * 0.05) - (0.5 * 0.1), Ladder.Of(outcome), 1e-12);
        Assert.Equal(1.2 - (2 * Math.Log(8) * 0.05) - (0.5 * 0.1), Ladder.Of(outcome, stallFactor: 2), 1e-12);
    }

    private static Outcome Outcome(double meanUtility, double stalledSeconds, double utilityChange) => new()
    {
        WatchedSeconds = 100,
        MeanUtility = meanUtility,
        MeanKbps = 0,
        StalledSeconds = stalledSeconds,
        Stalls = 1,
        UtilityChange = utilityChange,
        Switches = 3,
        LatencyP50Ms = 0,
        LatencyP95Ms = 0,
        StartUpMs = 0,
        ProbeShare = 0,
    };
}
