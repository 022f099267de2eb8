using KnSock.Plotting;

namespace KnSock.Fanout.Tests;

public sealed class PlotAxisTests
{
    [Fact]
    public void A_linear_axis_that_need_not_hold_zero_begins_at_the_step_below_the_least()
    {
        static string Ticks(params double[] values)
        {
            var axis = PlotAxis.Linear(values, isWhole: true, hasZero: false);
            return string.Join(' ', axis.Ticks.Select(axis.TextOf));
        }

        Assert.Equal("2,230 2,240 2,250 2,260 2,270", Ticks(2235, 2266));
        Assert.Equal("7 8", Ticks(7, 7));
        Assert.Equal("0 1", Ticks());
    }

    [Theory]
    [InlineData(0.117, "0.00 0.05 0.10 0.15")]
    [InlineData(0.3, "0.0 0.1 0.2 0.3")]
    [InlineData(1, "0.0 0.2 0.4 0.6 0.8 1.0")]
    [InlineData(7, "0 2 4 6 8")]
    [InlineData(4999, "0 1,000 2,000 3,000 4,000 5,000")]
    [InlineData(0, "0.0 0.2 0.4 0.6 0.8 1.0")]
    [InlineData(-3, "-3 -2 -1 0")]
    public void A_linear_axis_counts_in_round_steps_from_zero(double value, string ticks)
    {
        var axis = PlotAxis.Linear([value]);
        Assert.Equal(ticks, string.Join(' ', axis.Ticks.Select(axis.TextOf)));
    }

    [Fact]
    public void Channels_are_whole()
    {
        var axis = PlotAxis.Linear([1, 2], isWhole: true);
        Assert.Equal([0, 1, 2], axis.Ticks);
    }

    [Theory]
    [InlineData(100, 2000, "100 200 500 1,000 2,000")]
    [InlineData(99, 2001, "50 100 200 500 1,000 2,000 5,000")]
    [InlineData(1000, 1000, "500 1,000 2,000")]
    [InlineData(1, 1, "0.5 1 2")]
    [InlineData(3, 3, "2 5")]
    [InlineData(0.2, 1, "0.2 0.5 1")]
    [InlineData(2, 100000, "1 10 100 1,000 10,000 100,000")]
    [InlineData(10, 20001, "10 100 1,000 10,000 100,000")]
    public void A_logarithmic_axis_goes_by_1_2_5(double low, double high, string ticks)
    {
        var axis = PlotAxis.Logarithmic([high, low]);
        Assert.Equal(ticks, string.Join(' ', axis.Ticks.Select(axis.TextOf)));
        Assert.Equal(0.5, PlotAxis.Logarithmic([1, 100]).Place(10), tolerance: 1e-9);
    }

    [Fact]
    public void Any_values_lie_between_the_first_tick_and_the_last()
    {
        var random = new Random(20_261_122);
        for (var i = 0; i < 20_000; i++)
        {
            var values = Enumerable.Range(0, random.Next(1, 6)).Select(_ => Math.Pow(10, (random.NextDouble() * 20) - 8)).ToArray();
            Check(PlotAxis.Logarithmic(values), values);
            Check(PlotAxis.Linear([.. values.Select(v => random.Next(3) == 0 ? -v : v)]), []);
            Check(PlotAxis.Linear(values), values);
            Check(PlotAxis.Linear(values.Select(v => -v).ToArray()), [.. values.Select(v => -v)]);
        }

        static void Check(PlotAxis axis, double[] values)
        {
            Assert.All(values, v => Assert.InRange(axis.Place(v), -1e-9, 1 + 1e-9));
            Assert.InRange(axis.Ticks.Count, 2, 21);
            Assert.Equal(axis.Ticks.Count, axis.Ticks.Select(axis.TextOf).Distinct(StringComparer.Ordinal).Count());
            Assert.Equal(axis.Ticks.Order(), axis.Ticks);
        }
    }
}
