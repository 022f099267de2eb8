using KnSock.Fanout.Growth;

namespace KnSock.Fanout.Tests;

public sealed class GrowthTests
{
    private static readonly GrowthOptions Defaults = new() { Common = new FanoutOptions { KnSock = [], Duration = TimeSpan.FromSeconds(8) } };

    [Fact]
    public void Each_point_is_measured_once_at_each_edge()
    {
        var points = Defaults.Points();
        // 500 viewers on one channel belong to both.
        Assert.Equal((5 + 4 + 1) * 2, points.Count);
        Assert.Equal(points.Count, points.Select(GrowthPoint.Describe).Distinct(StringComparer.Ordinal).Count());
        Assert.Equal(["100 viewers, 1 channel, readahead", "100 viewers, 1 channel, live"], points.Take(2).Select(GrowthPoint.Describe).ToList());
        Assert.Contains(points, p => GrowthPoint.Describe(p) is "500 viewers, 20 channels, live");
        Assert.Equal("1000 viewers and 5000 idle, 1 channel, live", GrowthPoint.Describe(points[^1]));
        Assert.All(points, p => Assert.Equal(TimeSpan.FromSeconds(8), p.Duration));
    }

    [Fact]
    public void What_is_not_wanted_is_left_out()
    {
        var points = (Defaults with { Viewers = [7], Channels = [], Idle = 0, Edges = [FanoutEdge.Live] }).Points();
        Assert.Equal("7 viewers, 1 channel, live", GrowthPoint.Describe(Assert.Single(points)));
    }

    [Fact]
    public async Task A_point_that_fails_is_named_and_the_rest_goes_on()
    {
        var reports = new List<GrowthReport>();
        var steps = new List<string>();
        var benchmark = new GrowthBenchmark(Defaults with { Viewers = [10, 20, 30], Channels = [], Idle = 0, Edges = [FanoutEdge.Live] }, steps.Add)
        {
            Measure = (options, _) => options.Viewers switch
            {
                10 => throw new FanoutException("no room"),
                20 => Task.FromException<FanoutReport>(new TaskCanceledException("too slow")),
                _ => Task.FromResult(Figures.At(options.Viewers, edge: "live").Figures),
            },
        };
        await foreach (var report in benchmark.RunAsync(TestContext.Current.CancellationToken))
        {
            reports.Add(report);
        }

        Assert.Equal([(0, 1), (0, 2), (1, 2)], reports.Select(r => (r.Points.Count, r.Failures.Count)));
        Assert.Equal(new GrowthFailure("10 viewers, 1 channel, live", "no room"), reports[^1].Failures[0]);
        Assert.Equal("30 viewers, 1 channel, live", reports[^1].Points[0].Describe());
        Assert.Equal("point 3 of 3: 30 viewers, 1 channel, live", steps[^1]);
    }

    [Fact]
    public async Task Interrupting_is_no_failure_of_a_point()
    {
        using var interruption = new CancellationTokenSource();
        var benchmark = new GrowthBenchmark(Defaults, _ => { })
        {
            Measure = async (_, token) =>
            {
                await interruption.CancelAsync();
                token.ThrowIfCancellationRequested();
                return Figures.At(1).Figures;
            },
        };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var _ in benchmark.RunAsync(interruption.Token))
            {
                Assert.Fail("nothing was measured");
            }
        });
    }

    [Fact]
    public void The_pictures_show_each_figure_in_its_series()
    {
        var plots = GrowthPlots.Of(Figures.Run()).ToDictionary(p => p.FileName, p => p.Plot, StringComparer.Ordinal);
        Assert.Equal(["growth-cost.svg", "growth-memory.svg", "growth-join.svg", "growth-channels.svg"], plots.Keys.ToList());

        var cost = plots["growth-cost.svg"];
        Assert.Equal(
            ["readahead: server", "readahead: yardstick", "live: server", "live: yardstick", "readahead: server, 5,000 idle beside", "live: server, 5,000 idle beside"],
            cost.Series.Select(s => s.Name).ToList());
        Assert.Equal([5, 5, 5, 5, 1, 1], cost.Series.Select(s => s.Points.Count));
        Assert.True(cost.IsXLogarithmic);
        Assert.Equal(Figures.At(200).Figures.Server.CpuSecondsPerGigabit, cost.Series[0].Points[1].Y);

        var channels = plots["growth-channels.svg"];
        Assert.Contains("500 viewers", channels.Title, StringComparison.Ordinal);
        Assert.All(channels.Series, s => Assert.Equal([1, 2, 5, 10, 20], s.Points.Select(p => p.X).Order()));
    }

    [Fact]
    public void Without_points_or_yardstick_there_still_are_pictures()
    {
        Assert.Equal(4, GrowthPlots.Draw(new GrowthReport { Points = [], Failures = [] }).Count);
        var alone = new GrowthReport { Points = [Figures.At(100, hasYardstick: false)], Failures = [] };
        Assert.Equal("readahead: server", Assert.Single(GrowthPlots.Of(alone).First().Plot.Series).Name);
    }
}
