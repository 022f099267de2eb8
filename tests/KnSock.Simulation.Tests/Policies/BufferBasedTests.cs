using KnSock.Simulation.Policies;

namespace KnSock.Simulation.Tests.Policies;

public sealed class BufferBasedTests
{
    private static readonly BufferBasedOptions Options = new() { ReservoirShare = 0.25, CushionEndShare = 0.75 };

    [Fact]
    public void TheMapRisesWithTheBufferWhateverTheGopsWeighAndWhicheverRungWasBefore()
    {
        for (var seed = 0; seed < 200; seed++)
        {
            var random = new Random(seed);
            var sizes = Seen.Rates.Select(r => r * (0.5 + random.NextDouble())).Order().ToArray();
            var map = BufferMap.Of(Options, Seen.Ahead(0) with { Next = Seen.Next(sizes) }, 1);
            for (var before = 0; before < Seen.Rates.Length; before++)
            {
                var rungs = Enumerable.Range(0, 801).Select(i => map.Choose(i / 100.0, before)).ToArray();
                Assert.True(rungs.SequenceEqual(rungs.Order()), $"seed {seed}, before {before}: {string.Join("", rungs)}");
            }
        }
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(2, 0)]
    [InlineData(6, 5)]
    [InlineData(8, 5)]
    public void TheLowestRungIsSentInTheReservoirAndTheHighestAboveTheCushion(double buffer, int expected)
    {
        for (var before = 0; before < 6; before++)
        {
            Assert.Equal(expected, BufferMap.Of(Options, Seen.Ahead(buffer), 1).Choose(buffer, before));
        }
    }

    [Fact]
    public void ARungIsKeptUntilTheMapPassesTheSizeOfTheNextOne()
    {
        // From 300 kbit at 2 s the map rises to 8000 kbit at 6 s: 1400 kbit are allowed at 2.571 s, 700 kbit at 2.208 s, 2800 kbit at 3.299 s.
        var map = BufferMap.Of(Options, Seen.Ahead(4), 1);

        Assert.Equal(2, map.Choose(2.58, 2));
        Assert.Equal(2, map.Choose(3.29, 2));
        Assert.Equal(3, map.Choose(3.31, 2));
        Assert.Equal(2, map.Choose(2.22, 2));
        Assert.Equal(1, map.Choose(2.20, 2));
    }

    [Fact]
    public void LargeGopsOfTheLowestRungMakeTheReservoirLarger()
    {
        double[] heavy = [.. Seen.Rates.Select(r => r * 1.5)];
        Assert.Equal(2, BufferMap.Of(Options, Seen.Ahead(4), 1).Reservoir, 1e-9);
        Assert.Equal(3, BufferMap.Of(Options, Seen.Ahead(4) with { Next = Seen.Next(heavy, heavy) }, 1).Reservoir, 1e-6);
        Assert.Equal(4, BufferMap.Of(Options, Seen.Ahead(4) with { Next = Seen.Next([.. Enumerable.Repeat(heavy, 6)]) }, 1).Reservoir, 1e-6);
    }

    [Fact]
    public void WhileItStartsEachGopThatComesFastEnoughIsARungUp()
    {
        var selector = new BufferBasedSelector(Options, 1);

        // Eight times as fast as it plays, with an empty buffer.
        selector.OnDelivered(Seen.Delivery(1, Seen.Rates[1] * 9));
        selector.Update(Seen.Ahead(0.1, sent: 1), TimeSpan.Zero);
        Assert.Equal(2, selector.Rung);

        // Only four times.
        selector.OnDelivered(Seen.Delivery(2, Seen.Rates[2] * 4));
        selector.Update(Seen.Ahead(1, sent: 2), TimeSpan.FromSeconds(1));
        Assert.Equal(2, selector.Rung);

        // With half the cushion three and a half times are enough.
        selector.OnDelivered(Seen.Delivery(2, Seen.Rates[2] * 4));
        selector.Update(Seen.Ahead(2.9, sent: 2), TimeSpan.FromSeconds(2));
        Assert.Equal(3, selector.Rung);
    }

    [Fact]
    public void TheStartIsOverWhenTheBufferShrinksAndDoesNotComeBack()
    {
        var selector = new BufferBasedSelector(Options, 2);
        selector.OnDelivered(Seen.Delivery(2, Seen.Rates[2] * 0.9));
        selector.Update(Seen.Ahead(1, sent: 2), TimeSpan.Zero);
        Assert.Equal(0, selector.Rung);

        selector.OnDelivered(Seen.Delivery(0, Seen.Rates[0] * 20));
        selector.Update(Seen.Ahead(1, sent: 0), TimeSpan.FromSeconds(1));
        Assert.Equal(0, selector.Rung);
    }

    [Fact]
    public void AtTheLiveEdgeTheTargetDelayIsTheBufferAndThereIsNoStart()
    {
        var selector = new BufferBasedSelector(Options, 2);
        selector.OnDelivered(Seen.Delivery(2, Seen.Rates[2] * 9));
        var decision = selector.Update(Seen.Live(0.1, sent: 2), TimeSpan.Zero);

        Assert.Equal(0, decision?.Rung);
        Assert.Contains("reservoir", decision?.Reason, StringComparison.Ordinal);
        Assert.Equal(5, selector.Update(Seen.Live(0.4, sent: 0), TimeSpan.FromSeconds(1))?.Rung);
    }
}
