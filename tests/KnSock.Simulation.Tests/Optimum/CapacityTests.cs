using KnSock.Simulation.Optimum;

namespace KnSock.Simulation.Tests.Optimum;

public sealed class CapacityTests
{
    private static readonly Capacity Link = new([1000, 0, 0, 4000], 1);

    [Theory]
    [InlineData(-1, 0)]
    [InlineData(0.5, 500_000)]
    [InlineData(1, 1_000_000)]
    [InlineData(2.5, 1_000_000)]
    [InlineData(3.5, 3_000_000)]
    [InlineData(9, 5_000_000)]
    public void BitsAddUp(double seconds, double bits) => Assert.Equal(bits, Link.BitsUntil(seconds), 1e-6);

    [Theory]
    [InlineData(0, 500_000, 0.5)]
    [InlineData(0.25, 500_000, 0.75)]
    [InlineData(0.5, 500_001, 3.00000025)]
    [InlineData(1.7, 1, 3.00000025)]
    [InlineData(1.7, 0, 1.7)]
    [InlineData(0, 5_000_000, 4)]
    [InlineData(0, 5_000_001, double.PositiveInfinity)]
    [InlineData(7, 1, double.PositiveInfinity)]
    public void BitsComeWhenTheLinkHasCarriedThem(double from, double bits, double at) => Assert.Equal(at, Link.After(from, bits), 1e-9);

    [Fact]
    public void FarAheadIsFoundAsNearIs()
    {
        var random = new Random(3);
        double[] kbps = [.. Enumerable.Range(0, 1000).Select(_ => random.Next(3) == 0 ? 0 : random.NextDouble() * 1000)];
        var link = new Capacity(kbps, 0.1);
        for (var i = 0; i < 500; i++)
        {
            var (from, bits) = (random.NextDouble() * 90, Math.Pow(10, random.NextDouble() * 7));
            var at = link.After(from, bits);
            if (!double.IsPositiveInfinity(at))
            {
                Assert.Equal(bits, link.BitsUntil(at) - link.BitsUntil(from), 1e-3);
            }
        }
    }
}
