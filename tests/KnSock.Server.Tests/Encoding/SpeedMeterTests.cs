using KnSock.Server.Encoding;

namespace KnSock.Server.Tests.Encoding;

/// <summary>How fast an encoder is while it is waited for.</summary>
public sealed class SpeedMeterTests
{
    [Theory]
    [InlineData(10, 4.0)]
    [InlineData(50, 0.8)]
    public void BurstsAreSmoothed(int waitedMs, double speed)
    {
        var meter = new SpeedMeter();
        var speeds = new List<double>();
        for (var unit = 0; unit < 1000; unit++)
        {
            // Five units at a time, as encoders give them out.
            if (meter.Add(unit % 5 == 0 ? TimeSpan.FromMilliseconds(waitedMs * 5) : TimeSpan.Zero, TimeSpan.FromMilliseconds(40)) is { } measured)
            {
                speeds.Add(measured);
            }
        }

        Assert.InRange(speeds.Count, 8, 60);
        Assert.All(speeds, s => Assert.InRange(s, speed * 0.75, speed * 1.3));
    }

    [Fact]
    public void WhatLayReadyIsFast() => Assert.InRange(Enumerable.Repeat(new SpeedMeter(), 200).Max(m => m.Add(TimeSpan.Zero, TimeSpan.FromMilliseconds(40)) ?? 0), 1000, double.MaxValue);
}
