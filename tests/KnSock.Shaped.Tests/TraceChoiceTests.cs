namespace KnSock.Shaped.Tests;

public sealed class TraceChoiceTests
{
    [Fact]
    public void The_first_of_each_kind_is_chosen_unless_some_are_named()
    {
        var all = new[] { Traces.Of("3g_a", 1), Traces.Of("3g_b", 1), Traces.Of("wifi_a", 1) };
        Assert.Equal(["3g_a", "wifi_a"], TraceChoice.Choose(all, []).Select(t => t.Name), StringComparer.Ordinal);
        Assert.Equal(["wifi_a", "3g_b"], TraceChoice.Choose(all, ["wifi_a", "3g_b"]).Select(t => t.Name), StringComparer.Ordinal);
        var fault = Assert.Throws<ShapedException>(() => TraceChoice.Choose(all, ["5g_a"]));
        Assert.Equal("there is no trace '5g_a'; there are 3g_a, 3g_b, wifi_a", fault.Message);
    }

    [Fact]
    public void A_trace_is_cut_where_the_run_ends_and_never_made_longer()
    {
        var trace = Traces.Of("3g_a", 1, 2, 3, 4);
        var cut = TraceChoice.Cut(trace, TimeSpan.FromSeconds(2));
        Assert.Equal((TimeSpan.FromSeconds(2), 1.5), (cut.Duration, cut.MeanKbps));
        Assert.Equal(trace.Duration, TraceChoice.Cut(trace, TimeSpan.FromMinutes(3)).Duration);
    }
}
