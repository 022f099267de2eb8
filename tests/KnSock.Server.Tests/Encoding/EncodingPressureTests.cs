using KnSock.Server.Encoding;

namespace KnSock.Server.Tests.Encoding;

/// <summary>When something has to give because the machine does not suffice, and when it comes back.</summary>
public sealed class EncodingPressureTests
{
    private readonly EncodingPressure _pressure = new();
    private TimeSpan _now;

    [Fact]
    public void AMachineThatSufficesIsNotPressed()
    {
        Pass(seconds: 600, speed: 1.3);
        Pass(seconds: 600, speed: null);

        Assert.Equal(0, _pressure.Level);
    }

    [Fact]
    public void ASlowMomentSaysNothing()
    {
        for (var i = 0; i < 50; i++)
        {
            Pass(seconds: 2, speed: 0.8);
            Pass(seconds: 2, speed: 1.5);
        }

        Assert.Equal(0, _pressure.Level);
    }

    [Fact]
    public void EachStepIsGivenTimeToHelpBeforeTheNext()
    {
        var at = new List<double>();
        for (var level = 1; level <= 3; level++)
        {
            Pass(seconds: 60, speed: 0.7, until: () => _pressure.Level == level);
            at.Add(_now.TotalSeconds);
        }

        Assert.InRange(at[0], 3, 5);
        Assert.All(at.Zip(at.Skip(1)), pair => Assert.InRange(pair.Second - pair.First, 6, 9));
    }

    [Fact]
    public void ThereIsNoLevelAboveTheHighest()
    {
        Pass(seconds: 300, speed: 0.5, most: 2);

        Assert.Equal(2, _pressure.Level);
    }

    [Theory]
    [InlineData(null)]
    [InlineData(3.0)]
    public void ItIsTakenBackOnlyAfterALongTimeWithRoom(double? speed)
    {
        Pass(seconds: 4, speed: 0.7);
        Assert.Equal(1, _pressure.Level);

        Pass(seconds: 50, speed);
        Pass(seconds: 5, speed: 1.5);
        Pass(seconds: 50, speed);
        Assert.Equal(1, _pressure.Level);
        Pass(seconds: 20, speed);
        Assert.Equal(0, _pressure.Level);
    }

    private void Pass(double seconds, double? speed, int most = 9, Func<bool>? until = null)
    {
        for (var end = _now + TimeSpan.FromSeconds(seconds); _now < end && until?.Invoke() != true; _now += TimeSpan.FromSeconds(1))
        {
            _pressure.Update(speed, most, _now);
        }
    }
}
