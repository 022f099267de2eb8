using KnSock.Server.Adaptation;

namespace KnSock.Server.Tests.Adaptation;

public sealed class UplinkDivisionTests
{
    private static readonly double[] Rates = [500_000, 1_000_000, 2_000_000, 4_000_000];

    /// <summary>Rounds after which all has come to rest.</summary>
    private const int AWhile = 30;

    [Theory]
    [InlineData(4, 8_000_000, "2 2 2 2")]
    [InlineData(4, 7_000_000, "2 2 2 1")]
    [InlineData(4, 12_000_000, "3 3 2 2")]
    [InlineData(4, 100_000_000, "3 3 3 3")]
    [InlineData(4, 2_000_000, "0 0 0 0")]
    [InlineData(4, 100_000, "0 0 0 0")]
    [InlineData(1, 1_999_999, "1")]
    public void WhoNeedTheSameHaveTheSameAsFarAsRungsAllow(int viewers, double whole, string highest)
    {
        var (division, all) = Divide(whole, viewers);

        Run(division, all, AWhile);

        Assert.Equal(highest, Highest(all));
    }

    [Fact]
    public void WhatOneIsKeptFromTheOthersHaveAtOnce()
    {
        var (division, all) = Divide(8_000_000, 4);
        (all[0].Limit, all[1].Limit) = (0, 1);

        Run(division, all, 3);

        // 6.5 Mbit/s are left for two.
        Assert.Equal((int[])[0, 1, 3, 2], all.Select(d => Math.Min(d.Highest, d.Limit)));
    }

    [Fact]
    public void WhatOnesLinkDoesNotCarryTheOthersHaveAfterAWhile()
    {
        var (division, all) = Divide(8_500_000, 4);
        Run(division, all, AWhile, d => d == all[0] ? 0 : 3);
        Run(division, all, AWhile, d => d == all[0] ? 0 : 3);

        // Before, 2 Mbit/s each; what is left of the first one's part is a rung for one other, if not for two.
        Assert.Equal("3 2 2", Highest(all[1..]));
        AssertWithin(8_500_000, all);
    }

    [Fact]
    public void WhoseLinkHasBecomeBetterClimbsAgain()
    {
        var (division, all) = Divide(8_500_000, 4);
        Run(division, all, AWhile + 30, d => d == all[0] ? 0 : 3);
        Assert.Equal(3, all[1].Highest);

        Run(division, all, 400);

        Assert.Equal("2 2 2 2", Highest(all));
    }

    [Fact]
    public void WhenOneLeavesTheOthersClimbAndWhenOneComesTheyMakeRoomAtOnce()
    {
        var (division, all) = Divide(8_000_000, 4);
        Run(division, all, AWhile);

        (all[1].IsOver, all[3].IsOver) = (true, true);
        Run(division, all, 1);
        Assert.Equal((2, 2), (all[0].Highest, all[2].Highest));
        Run(division, all, 3);
        Assert.Equal((3, 3), (all[0].Highest, all[2].Highest));

        UplinkDemand[] come = [new(Rates, Utilities(Rates)), new(Rates, Utilities(Rates))];
        Array.ForEach(come, division.Add);
        Run(division, [.. all, .. come], 1);
        Assert.Equal("2 2 2 2", Highest([all[0], all[2], .. come]));
    }

    [Fact]
    public void WhatIsLeftForAMomentMovesNobody()
    {
        var (division, all) = Divide(8_000_000, 4);
        Run(division, all, AWhile);
        for (var i = 0; i < 20; i++)
        {
            all[0].Limit = i % 2 == 0 ? 0 : 3;
            Run(division, all, 1);
            Assert.Equal("2 2 2", Highest(all[1..]));
        }
    }

    [Fact]
    public void AllTogetherNeverHaveMoreThanThereIsWhateverTheyDo()
    {
        for (var seed = 0; seed < 200; seed++)
        {
            var random = new Random(seed);
            var whole = 1_000_000 * (1 + (random.NextDouble() * 40));
            var division = new UplinkDivision(whole);
            var all = new List<UplinkDemand>();
            for (var round = 0; round < 100; round++)
            {
                if (random.Next(5) == 0)
                {
                    var ladder = Enumerable.Range(0, 1 + random.Next(5)).Select(i => 200_000 * Math.Pow(1.5 + random.NextDouble(), i)).Order().ToArray();
                    all.Add(new UplinkDemand(ladder, Utilities(ladder)));
                    division.Add(all[^1]);
                }

                if (all.Count > 0 && random.Next(10) == 0)
                {
                    all[^1].IsOver = true;
                    all.RemoveAt(all.Count - 1);
                }

                foreach (var one in all)
                {
                    (one.Rung, one.Limit) = (random.Next(one.Highest + 1), random.Next(one.Rates.Count));
                }

                division.Turn();
                AssertWithin(whole, all, $"seed {seed}, round {round}");
            }
        }
    }

    [Fact]
    public void DividingCostsNoMemory()
    {
        var (division, all) = Divide(500_000_000, 300);
        Run(division, all, AWhile);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var round = 0; round < 100; round++)
        {
            all[round].Limit = round % 3;
            division.Turn();
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static (UplinkDivision Division, UplinkDemand[] All) Divide(double whole, int viewers)
    {
        var division = new UplinkDivision(whole);
        UplinkDemand[] all = [.. Enumerable.Range(0, viewers).Select(_ => new UplinkDemand(Rates, Utilities(Rates)))];
        Array.ForEach(all, division.Add);
        return (division, all);
    }

    /// <summary>Lets time go on while viewers take what they may have, as far as their links carry it.</summary>
    private static void Run(UplinkDivision division, UplinkDemand[] all, int rounds, Func<UplinkDemand, int>? carried = null)
    {
        for (var i = 0; i < rounds; i++)
        {
            division.Turn();
            Array.ForEach(all, d => d.Rung = Math.Min(Math.Min(d.Highest, d.Limit), carried?.Invoke(d) ?? int.MaxValue));
        }
    }

    private static void AssertWithin(double whole, IReadOnlyList<UplinkDemand> all, string what = "")
    {
        if (all.Any(d => d.Highest > 0))
        {
            Assert.True(all.Sum(d => d.Rates[d.Highest]) <= whole * (1 + 1e-9), what);
        }
    }

    private static double[] Utilities(double[] rates) => [.. rates.Select(r => Math.Log(r / rates[0]))];

    private static string Highest(UplinkDemand[] all) => string.Join(' ', all.Select(d => d.Highest));
}
