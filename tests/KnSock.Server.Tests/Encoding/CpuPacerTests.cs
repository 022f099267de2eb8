using KnSock.Server.Encoding;

namespace KnSock.Server.Tests.Encoding;

/// <summary>A child that would take the whole machine is held to its share.</summary>
public sealed class CpuPacerTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Theory]
    [InlineData(0.5, 2)]
    [InlineData(0.25, 4)]
    [InlineData(0.1, 1)]
    public void OverAnyLongTimeTheShareIsKept(double share, int cores)
    {
        var pacer = new CpuPacer(share, cores);
        var (cpu, now) = (TimeSpan.Zero, TimeSpan.Zero);
        while (now < 60 * Second)
        {
            // While its output is read it runs on all cores.
            var step = Second / 20;
            (cpu, now) = (cpu + (step * cores), now + step);
            now += pacer.RestDue(cpu, now);
        }

        Assert.InRange(cpu / (now * cores), share * 0.97, share * 1.03);
    }

    [Fact]
    public void AChildThatWaitedForLongDoesNotRunUnbridledAfterwards()
    {
        var pacer = new CpuPacer(0.5, 2);

        Assert.Equal(TimeSpan.Zero, pacer.RestDue(TimeSpan.Zero, 3600 * Second));
        Assert.True(pacer.RestDue(4 * Second, 3602 * Second) > TimeSpan.Zero);
    }
}
