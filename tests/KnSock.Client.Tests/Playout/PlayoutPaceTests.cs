using KnSock.Client.Playout;

namespace KnSock.Client.Tests.Playout;

public sealed class PlayoutPaceTests
{
    private readonly PlayoutPace _pace = new();
    private double _depth;
    private double _now;

    [Theory]
    [InlineData(230, 200)]
    [InlineData(170, 200)]
    [InlineData(1080, 1000)]
    public void Near_the_target_nothing_is_done_that_could_be_heard(double depth, double target)
    {
        _depth = depth;
        var rates = Run(target, seconds: 60);
        Assert.All(rates, r => Assert.InRange(r, 0.995, 1.005));
        Assert.InRange(_depth, target - 3, target + 3);
    }

    [Theory]
    [InlineData(400, 200, 1.05)]
    [InlineData(900, 200, 1.1)]
    [InlineData(2000, 1000, 1.1)]
    public void What_is_too_much_is_caught_up_with_once(double depth, double target, double fastest)
    {
        _depth = depth;
        var rates = Run(target, seconds: 40);
        Assert.Equal(fastest, rates.Max(), 1e-9);
        Assert.InRange(_depth, target - 5, target + 15);
        var fast = rates.FindIndex(r => r > 1.006);
        Assert.All(rates.Skip(rates.FindIndex(fast, r => r <= 1.006)), r => Assert.InRange(r, 0.995, 1.005));
    }

    [Fact]
    public void What_is_too_little_is_made_up_for_slowly_and_only_if_it_stays_so()
    {
        _depth = 120;
        Assert.All(Run(200, seconds: 0.9), r => Assert.InRange(r, 0.995, 1));
        _depth = 200;
        Assert.All(Run(200, seconds: 1), r => Assert.InRange(r, 0.995, 1.005));
        _depth = 100;
        Assert.InRange(Run(200, seconds: 20).Min(), 0.95, 0.951);
        Assert.InRange(_depth, 190, 203);
    }

    [Fact]
    public void What_is_late_just_now_is_not_run_out_of()
    {
        _depth = 400;
        Assert.All(Run(200, seconds: 5, level: 90), r => Assert.InRange(r, 0.995, 1.005));
    }

    [Theory]
    [InlineData(1100, 200, 900)]
    [InlineData(990, 190, 0)]
    [InlineData(2400, 500, 0)]
    [InlineData(2600, 500, 2100)]
    [InlineData(2900, 1000, 0)]
    [InlineData(3100, 1000, 2100)]
    public void It_jumps_when_further_behind_than_a_second_and_five_times_the_target_or_two_seconds_beyond_it(double depth, double target, double by)
    {
        var jump = _pace.Update(new PaceInput(Ms(depth), Ms(target), Ms(depth)), Ms(0));
        Assert.Equal(Ms(by), jump);
    }

    [Fact]
    public void It_jumps_only_to_where_media_is_already() =>
        Assert.Equal(TimeSpan.Zero, _pace.Update(new PaceInput(Ms(1500), Ms(200), Ms(1300)), Ms(0)));

    [Theory]
    [InlineData(200e-6)]
    [InlineData(-200e-6)]
    public void A_drift_is_made_up_for_by_as_much(double drift)
    {
        _depth = 200;
        var rates = Run(200, seconds: 600, drift);
        Assert.InRange(_depth, 195, 205);
        Assert.Equal(drift, rates[^1] - 1, 2e-5);
        Assert.All(rates, r => Assert.InRange(r, 0.9995, 1.0005));
    }

    /// <summary>Lets playout go at the rate that it decides on.</summary>
    private List<double> Run(double target, double seconds, double drift = 0, double? level = null)
    {
        var rates = new List<double>();
        for (var end = _now + (seconds * 1000); _now < end; _now += 10)
        {
            Assert.Equal(TimeSpan.Zero, _pace.Update(new PaceInput(Ms(_depth), Ms(target), Ms(level ?? _depth)), Ms(_now)));
            rates.Add(_pace.Rate);
            _depth += 10 * (1 + drift - _pace.Rate);
        }

        return rates;
    }

    private static TimeSpan Ms(double milliseconds) => TimeSpan.FromMilliseconds(milliseconds);
}
