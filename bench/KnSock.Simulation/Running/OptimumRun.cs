using KnSock.Media;
using KnSock.Simulation.Links;
using KnSock.Simulation.Media;
using KnSock.Simulation.Optimum;
using KnSock.Simulation.Policies;
using KnSock.Simulation.Reports;
using KnSock.Simulation.Results;
using KnSock.Simulation.Traces;

namespace KnSock.Simulation.Running;

/// <summary>The best that could have been done, on the same link and with the same media as a <see cref="SimulatedRun"/>.</summary>
internal static class OptimumRun
{
    /// <summary>Finer than any frame.</summary>
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(20);

    /// <summary>From connecting to the first byte: two round trips until the viewer may ask, and one for the answer.</summary>
    private const int RoundTripsToJoin = 3;

    /// <summary>What is sent at the live edge is decoded so many pictures before it is presented, and sent that early.</summary>
    private const int PicturesEarly = 2;

    /// <summary>Makes the plan for each weight of stalls and says what comes of it.</summary>
    public static RunResult Run(SimulatedChannel channel, BandwidthTrace trace, Setting setting, RunOptions options)
    {
        var timeline = channel.Channel.Timeline;
        var start = SimulatedRun.StartOf(channel, trace, options);
        var gop = timeline.Locate(Timestamp.FromTimeSpan(start)).Gop;
        // At the live edge time counts from where the GOP begins that is under way when the viewer joins.
        var before = setting.Regime == Regime.Live ? start - timeline.GopStart(gop).SinceZero : TimeSpan.Zero;
        var frame = channel.Media.FrameRate.StartOf(1).TotalSeconds;
        var setup = new PlanSetup
        {
            Capacity = new Capacity([.. Capacities(CrossTraffic.On(trace, options.CrossTraffic, options.Seed), before)], Step.TotalSeconds),
            Bytes = [.. Enumerable.Range(0, timeline.GopCount).Select(g => BytesOf(channel, g))],
            KeyframeBytes = [.. Enumerable.Range(0, timeline.GopCount).Select(g => KeyframeBytesOf(channel, g))],
            Durations = [.. Enumerable.Range(0, timeline.GopCount).Select(g => (timeline.GopStart(g + 1) - timeline.GopStart(g)).TotalSeconds)],
            PictureKbps = channel.PictureKbps,
            Setting = setting,
            Seconds = (trace.Duration + before).TotalSeconds,
            FirstGop = gop,
            JoinSeconds = (before + (options.Link.RoundTrip * RoundTripsToJoin)).TotalSeconds,
            OneWaySeconds = (options.Link.RoundTrip / 2).TotalSeconds - (PicturesEarly * frame),
            // Start-up is not counted, and the client waits for up to a second of media where a link is slow.
            StartSeconds = 1,
            FramesPerGop = channel.Media.GopFrames,
        };
        var outcomes = SimulationReport.StallFactors.ToDictionary(factor => factor, factor =>
        {
            var outcome = OptimalPlan.Make(setup with { StallFactor = factor }).Outcome;
            return outcome with { StartUpMs = outcome.StartUpMs - before.TotalMilliseconds };
        });
        return new RunResult
        {
            Trace = trace.Name, Network = trace.Network, Setting = setting, Policy = SimulationReport.Ceiling, Outcome = outcomes[1], AtStallFactor = outcomes,
        };
    }

    private static IEnumerable<double> Capacities(BandwidthTrace trace, TimeSpan before)
    {
        for (var at = -before; at < trace.Duration; at += Step)
        {
            yield return at < TimeSpan.Zero ? 0 : trace.MeanBetween(at, at + Step);
        }
    }

    private static long[] BytesOf(SimulatedChannel channel, int gop)
    {
        var sound = channel.Channel.AudioTrack[gop]?.Bytes ?? 0;
        return [.. channel.Channel.VideoTracks.Select(t => OnWire(t[gop]!.Bytes + sound))];
    }

    private static long[] KeyframeBytesOf(SimulatedChannel channel, int gop) => [.. channel.Channel.VideoTracks.Select(t => OnWire(t[gop]!.Start(1)))];

    private static long OnWire(long bytes) => bytes * (TcpSender.MostInSegment + SimulatedLink.HeaderBytes) / TcpSender.MostInSegment;
}
