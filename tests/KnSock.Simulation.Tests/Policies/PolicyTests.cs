using KnSock.Protocol.Messages;
using KnSock.Server.Adaptation;
using KnSock.Simulation.Media;
using KnSock.Simulation.Policies;
using KnSock.Simulation.Results;
using KnSock.Simulation.Running;
using KnSock.Simulation.Tests.Media;
using KnSock.Simulation.Traces;

namespace KnSock.Simulation.Tests.Policies;

public sealed class PolicyTests
{
    public static TheoryData<string> Names => [.. Policy.All.Select(p => p.Name)];

    [Fact]
    public void AllAreThereUnderTheirNames()
    {
        Assert.Equal("knsock bba bola dynamic robustmpc hlsjs gcc original", string.Join(' ', Policy.All.Select(p => p.Name)));
        Assert.Same(Policy.All[2], Policy.Named("BOLA"));
    }

    [Fact]
    public void AnUnknownNameIsToldWhichThereAre()
    {
        var error = Assert.Throws<ArgumentException>(() => Policy.Named("pensieve"));
        Assert.Contains("'pensieve'", error.Message, StringComparison.Ordinal);
        Assert.Contains("knsock, bba, bola, dynamic, robustmpc, hlsjs, gcc, original", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void EachBaselineHasVariantsToTuneOfWhichTheFirstIsAsPublished()
    {
        foreach (var policy in Policy.All.Skip(1))
        {
            Assert.InRange(policy.Variants.Count, 3, 8);
            Assert.Equal($"{policy.Name}(as published)", policy.Variants[0].Name);
            Assert.Equal(policy.Variants.Count, policy.Variants.Select(v => v.Name).Distinct(StringComparer.Ordinal).Count());
            Assert.All(policy.Variants.Skip(1), v => Assert.Matches($@"^{policy.Name}\(.+=.+\)$", v.Name));
        }

        Assert.Contains(Policy.Named("bba").Variants, v => v.Name == "bba(ReservoirShare=0.375, CushionEndShare=0.9)");
        Assert.Contains(Policy.Named("dynamic").Variants, v => v.Name == "dynamic(Bola(InsufficientBufferFactor=1))");
    }

    /// <summary>The plain RobustMPC, for which the error of its forecasts is of no account, was better on the traces that were tuned on.</summary>
    [Fact]
    public void ABaselineIsTheVariantThatWasBestInItsSetting()
    {
        var (tuned, best) = (Policy.Named("robustmpc"), Policy.Named("robustmpc").Variants.Single(v => v.Name == "robustmpc(IsRobust=False)"));
        var trace = SyntheticTraces.RandomWalk(2000, 60, seed: 1);
        var channel = new SimulatedChannel(EvenMedia.Create(seconds: 30));

        Assert.Equal(Of(best), Of(tuned));
        Assert.NotEqual(Of(tuned.Variants[0]), Of(tuned));

        Outcome Of(Policy policy) => SimulatedRun.Run(channel, trace, Setting.All[^1], policy, new RunOptions()).Outcome;
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void WhateverIsSeenTheRungIsOneThatIsOffered(string name)
    {
        var policy = Policy.Named(name);
        foreach (var variant in policy.Variants.DefaultIfEmpty(policy))
        {
            for (var seed = 0; seed < 40; seed++)
            {
                Run(variant, seed);
            }
        }
    }

    private static void Run(Policy policy, int seed)
    {
        var random = new Random(seed);
        var rungs = 1 + random.Next(7);
        double[] rates = [.. Enumerable.Range(0, rungs).Select(_ => 100_000 + (random.NextDouble() * 8e6)).Order()];
        var (isLive, delay) = (random.Next(2) == 0, random.NextDouble());
        var setting = new Setting(isLive ? Regime.Live : Regime.ReadAhead, TimeSpan.FromSeconds(isLive ? delay : 8));
        var selector = policy.Create(new PolicySetup(setting, rates, random.Next(rungs)));
        var now = TimeSpan.FromSeconds(random.NextDouble() * 100);
        for (var step = 0; step < 300; step++)
        {
            now += TimeSpan.FromMilliseconds(random.Next(3) * 60);
            if (random.Next(5) == 0 && selector is IDeliveryListener listener)
            {
                listener.OnDelivered(Delivery(random, rungs, now));
            }

            var before = selector.Rung;
            var input = Input(random, rates, setting, before);
            var decision = selector.Update(input, now);
            var told = $"{policy.Name}, seed {seed}, step {step}: rung {selector.Rung} of {rungs}";
            Assert.True(selector.Rung >= 0 && selector.Rung < rungs, told);
            Assert.True(selector.Rung == 0 || input.Withdrawn?[selector.Rung] is null, $"{told} is withdrawn");
            Assert.True(decision is null == (before == selector.Rung), told);
            Assert.True(decision is null || (decision.Rung == selector.Rung && decision.Previous == before && decision.Reason.Length > 5), told);
        }
    }

    private static GopDelivery Delivery(Random random, int rungs, TimeSpan now) => new(
        random.Next(rungs),
        random.Next(4) == 0 ? 0 : random.Next(1_000_000),
        now - TimeSpan.FromSeconds(random.Next(3) == 0 ? 0 : random.NextDouble() * 3),
        now,
        TimeSpan.FromSeconds(random.Next(5) == 0 ? 0 : 0.5 + random.NextDouble()));

    private static SelectorInput Input(Random random, double[] rates, Setting setting, int rung) => new()
    {
        State = (PlayoutState)random.Next(4),
        Sent = random.Next(3) == 0 ? random.Next(rates.Length) : rung,
        Buffer = TimeSpan.FromSeconds(random.Next(4) == 0 ? 0 : random.NextDouble() * setting.Delay.TotalSeconds * 1.2),
        MaxBuffer = random.Next(10) == 0 ? TimeSpan.Zero : setting.Delay,
        Lead = TimeSpan.FromSeconds((random.NextDouble() * 9) - 1),
        UnderWay = random.Next(3) == 0 ? 0 : random.Next(500_000),
        IsAtLiveEdge = setting.Regime == Regime.Live,
        Link = new LinkEstimate(
            random.Next(3) switch { 0 => null, 1 => 0, _ => random.NextDouble() * 1e7 },
            random.Next(2) == 0,
            TimeSpan.FromSeconds(random.Next(2) == 0 ? 0 : random.NextDouble() * 3)),
        Next = random.Next(4) switch { 0 => null!, 1 => [], _ => Next(random, rates) },
        Withdrawn = random.Next(3) == 0 ? [.. rates.Select((_, r) => r > 0 && random.Next(2) == 0 ? "the machine is too slow" : null)] : null,
        Rates = rates,
        Utilities = [.. rates.Select(r => Math.Log(r / rates[0]))],
    };

    private static GopOutlook[] Next(Random random, double[] rates) => [.. Enumerable.Range(0, 1 + random.Next(6)).Select(_ =>
    {
        var gop = new GopOutlook(rates.Length) { Duration = TimeSpan.FromSeconds(random.Next(8) == 0 ? 0 : 1) };
        for (var rung = 0; rung < rates.Length; rung++)
        {
            gop.Bytes[rung] = random.Next(8) == 0 ? 0 : (long)(rates[rung] / 8 * (0.3 + random.NextDouble()));
            gop.KeyframeBytes[rung] = gop.Bytes[rung] / 4;
        }

        return gop;
    })];
}
