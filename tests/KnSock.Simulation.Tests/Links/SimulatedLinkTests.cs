using KnSock.Simulation.Links;
using KnSock.Simulation.Traces;

namespace KnSock.Simulation.Tests.Links;

public class SimulatedLinkTests
{
    private const int Segment = TcpSender.MostInSegment;
    private const int Wire = Segment + SimulatedLink.HeaderBytes;

    [Fact]
    public void Slow_start_doubles_from_ten_segments_with_each_round_trip()
    {
        var link = new LinkOptions { RoundTrip = TimeSpan.FromMilliseconds(100), Queue = TimeSpan.FromSeconds(1) };
        var transfer = new Transfer(SyntheticTraces.Steady(1_000_000, 10), link).Run(0.6);
        // At a gigabit a segment takes 12 microseconds, so each window arrives at once, half a round trip after it is sent.
        Assert.Equal(10 * Segment, transfer.BytesAt(0.06));
        Assert.Equal(10 * Segment, transfer.BytesAt(0.149));
        Assert.Equal(30 * Segment, transfer.BytesAt(0.16));
        Assert.Equal(70 * Segment, transfer.BytesAt(0.26));
        Assert.Equal(150 * Segment, transfer.BytesAt(0.37));
    }

    [Fact]
    public void A_steady_link_is_used_to_the_full_and_never_beyond()
    {
        var transfer = new Transfer(SyntheticTraces.Steady(6000, 60), new LinkOptions()).Run(60);
        var goodput = transfer.Flow.Arrived * 8 / 60e3;
        Assert.InRange(goodput, 6000 * 0.9, 6000.0 * Segment / Wire);
        for (var t = 0.0; t < 59; t += 0.1)
        {
            // What had been held up behind a gap comes at once, but all of it has come over the link before.
            Assert.True(transfer.BytesAt(t) <= (6000e3 / 8 * Math.Max(0, t - 0.02)) + Wire, $"too much by {t}");
        }

        Assert.InRange(transfer.Link.Carried, 0, (long)(6000e3 / 8 * 60) + Wire);
    }

    [Fact]
    public void What_is_written_arrives_once_and_in_order_whatever_is_lost()
    {
        for (var seed = 0; seed < 20; seed++)
        {
            var trace = SyntheticTraces.RandomWalk(3000, 120, seed);
            var transfer = new Transfer(trace, new LinkOptions { Loss = 0.02, Seed = seed }, most: 3_000_000 + seed).Run(120);
            Assert.True(transfer.Link.Lost > 10, $"seed {seed}");
            Assert.Equal((seed, 3_000_000 + seed, 3_000_000 + seed), (seed, transfer.Flow.Arrived, transfer.Flow.Sender.Acknowledged));
            Assert.Equal(transfer.Arrivals.Select(a => a.Bytes).Order(), transfer.Arrivals.Select(a => a.Bytes));
        }
    }

    [Fact]
    public void What_is_written_arrives_through_outages_and_rates_that_change_by_the_second()
    {
        for (var seed = 0; seed < 30; seed++)
        {
            var random = new SeededRandom((ulong)seed);
            double[] kbps = [.. Enumerable.Range(0, 120).Select(_ => random.NextDouble() switch { < 0.3 => 0, < 0.5 => 20, < 0.8 => 3000, _ => 40_000 }), 3000];
            var trace = new BandwidthTrace("x", [.. Enumerable.Range(0, 121).Select(t => TimeSpan.FromSeconds(t))], kbps);
            var most = 1_000_000 + (long)(random.NextDouble() * 3_000_000);
            var transfer = new Transfer(trace, new LinkOptions { Loss = random.NextDouble() * 0.02, Seed = seed }, most).Run(300);
            Assert.Equal((seed, most, most), (seed, transfer.Flow.Arrived, transfer.Flow.Sender.Acknowledged));
            Assert.Equal((0, TimeSpan.MaxValue), (transfer.Flow.Queued, transfer.Link.Due));
        }
    }

    [Fact]
    public void It_is_the_same_each_time_and_another_with_another_seed()
    {
        static IReadOnlyList<(TimeSpan, long)> Arrivals(int seed) =>
            new Transfer(SyntheticTraces.RandomWalk(3000, 30, 1), new LinkOptions { Loss = 0.01, Seed = seed }).Run(30).Arrivals;
        Assert.Equal(Arrivals(4), Arrivals(4));
        Assert.NotEqual(Arrivals(4), Arrivals(5));
    }

    [Fact]
    public void A_full_queue_delays_by_its_bytes_and_drops_what_is_beyond()
    {
        var options = new LinkOptions { Queue = TimeSpan.FromMilliseconds(200) };
        var transfer = new Transfer(SyntheticTraces.Steady(4000, 60), options).Run(60);
        // 200 ms at 4 Mbit/s are 100 kB; losses say when it is full.
        Assert.InRange(transfer.LongestQueue, 100_000 - Wire, 100_000);
        Assert.True(transfer.Link.Lost > 0);
        Assert.Equal(0.04, transfer.Flow.Sender.LeastRoundTrip.TotalSeconds, 0.004);
    }

    [Fact]
    public void A_message_waits_behind_what_is_queued()
    {
        var transfer = new Transfer(SyntheticTraces.Steady(4000, 60), new LinkOptions()).Run(10);
        var queued = transfer.Flow.Queued;
        Assert.True(queued > 30_000);
        transfer.Flow.Send(new byte[48], transfer.Now);
        var due = 10 + ((queued + 100) * 8 / 4000e3) + 0.02;
        transfer.Run(due - 0.005);
        Assert.Empty(transfer.Flow.Messages);
        transfer.Run(due + 0.001);
        Assert.Single(transfer.Flow.Messages);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(15)]
    public void In_an_outage_nothing_comes_and_soon_after_it_all_does(int seconds)
    {
        var transfer = new Transfer(SyntheticTraces.Outage(5000, 60, from: 10, seconds), new LinkOptions()).Run(60);
        var (before, end) = (transfer.BytesAt(10.021), 10.0 + seconds);
        Assert.Equal(before, transfer.BytesAt(end));
        // Packets stood in the queue, so no time-out has to be waited for: a gap is closed by the queue's time and a round trip.
        Assert.True(transfer.BytesAt(end + 0.4) > before);
        // What had come before behind a gap comes with it, no more than the queue holds.
        Assert.InRange(transfer.BytesAt(end + 2) - before, 0.8 * 2 * 5000e3 / 8 * Segment / Wire, 2.3 * 5000e3 / 8);
    }

    [Fact]
    public void A_lost_tail_costs_a_probe_and_not_more()
    {
        // The queue takes four of the ten packets of the first burst, so its tail is lost.
        var options = new LinkOptions { LeastQueue = 4 * Wire, Queue = TimeSpan.Zero };
        var transfer = new Transfer(SyntheticTraces.Steady(10_000, 10), options, most: 10 * Segment).Run(10);
        Assert.True(transfer.Link.Lost > 0);
        Assert.Equal(10 * Segment, transfer.Flow.Arrived);
        Assert.InRange(transfer.SecondsTo(10 * Segment), 0.06, 0.5);
    }

    [Fact]
    public void The_window_closes_while_nothing_is_sent()
    {
        var transfer = new Transfer(SyntheticTraces.Steady(50_000, 60), new LinkOptions(), most: 2_000_000).Run(20);
        Assert.Equal(2_000_000, transfer.Flow.Arrived);
        Assert.True(transfer.Flow.Sender.Window > 50);
        transfer.Flow.Sender.Write(100, transfer.Now);
        Assert.Equal(CongestionWindow.Initial, transfer.Flow.Sender.Window);
    }

    [Fact]
    public void The_kernel_takes_what_may_go_out_and_sixteen_kilobytes_more()
    {
        var link = new SimulatedLink(SyntheticTraces.Steady(1000, 10), new LinkOptions(), TimeSpan.Zero);
        var sender = link.Flows[0].Sender;
        Assert.Equal((10 * Segment) + (16 * 1024), sender.Write(1_000_000, TimeSpan.Zero));
        Assert.Equal(0, sender.Write(1_000_000, TimeSpan.Zero));
        Assert.False(sender.HasRoom);
        link.Flows[0].AllowMore(more: true);
        Assert.Equal(112 * 1024, sender.Write(1_000_000, TimeSpan.Zero));
    }

    [Fact]
    public void Samples_tell_what_is_acknowledged_under_way_and_backlogged()
    {
        var link = new SimulatedLink(SyntheticTraces.Steady(8000, 10), new LinkOptions(), TimeSpan.Zero);
        var flow = link.Flows[0];
        flow.Sender.Write(1000, TimeSpan.Zero);
        Assert.Equal((0, false, 1000), (flow.Sample(false, TimeSpan.Zero).DeliveredBytes, flow.Sample(false, TimeSpan.Zero).IsBacklogged, flow.Sample(false, TimeSpan.Zero).UnderWay));
        // 1,052 bytes take a millisecond, and there and back 40.
        link.Run(TimeSpan.FromMilliseconds(41));
        Assert.Equal(0, flow.Sample(false, TimeSpan.FromMilliseconds(41)).DeliveredBytes);
        link.Run(TimeSpan.FromMilliseconds(41.1));
        Assert.Equal((1000, 0), (flow.Sample(false, TimeSpan.FromMilliseconds(41.1)).DeliveredBytes, flow.Sample(false, TimeSpan.FromMilliseconds(41.1)).UnderWay));
        flow.Sender.Write(60_000, TimeSpan.FromMilliseconds(50));
        Assert.True(flow.Sample(false, TimeSpan.FromMilliseconds(50)).IsBacklogged);
    }

    [Fact]
    public void Bytes_that_are_not_acknowledged_in_time_count_as_backlogged()
    {
        var link = new SimulatedLink(SyntheticTraces.Outage(8000, 10, from: 0, length: 5), new LinkOptions(), TimeSpan.Zero);
        var flow = link.Flows[0];
        flow.Sender.Write(1000, TimeSpan.Zero);
        Assert.False(flow.Sample(false, TimeSpan.Zero).IsBacklogged);
        Assert.True(flow.Sample(false, TimeSpan.FromMilliseconds(100)).IsBacklogged);
    }

    [Fact]
    public void Those_who_share_it_get_the_same()
    {
        var transfer = new Transfer(SyntheticTraces.Steady(10_000, 60), new LinkOptions(), viewers: 10).Run(60);
        Assert.All(transfer.Link.Flows, flow => Assert.InRange(flow.Arrived * 8 / 60e3, 850, 1000));
    }
}
