using KnSock.Client;
using KnSock.Media;
using KnSock.Server;
using KnSock.Server.Adaptation;
using KnSock.Server.Diagnostics;
using KnSock.Server.Loops;
using KnSock.Server.Sessions;
using KnSock.Simulation.Links;
using KnSock.Simulation.Media;
using KnSock.Simulation.Policies;
using KnSock.Simulation.Results;
using KnSock.Simulation.Traces;
using KnSock.Simulation.Viewers;
using Microsoft.Extensions.Logging.Abstractions;

namespace KnSock.Simulation.Running;

/// <summary>One run: server, link and viewers on virtual time, from joining to the end of the trace.</summary>
internal sealed class SimulatedRun : IDisposable
{
    private static readonly TimeSpan MomentInterval = TimeSpan.FromMilliseconds(500);
    private static readonly LiveStreamServerOptions ServerDefaults = new() { VideoPaths = [] };

    private readonly SimulatedChannel _channel;
    private readonly BandwidthTrace _trace;
    private readonly Setting _setting;
    private readonly Policy _policy;
    private readonly RunOptions _options;
    private readonly VirtualTime _time = new();
    private readonly ServerMetrics _metrics = new(factory: null);
    private readonly PollingReadiness _readiness = new();
    private readonly TimeSpan _start;
    private readonly SimulatedLink _link;
    private readonly Uplink? _uplink;
    private readonly SimulatedViewer[] _viewers;
    private readonly List<Moment>[] _moments;

    private SimulatedRun(SimulatedChannel channel, BandwidthTrace trace, Setting setting, Policy policy, RunOptions options, int viewers)
    {
        (_channel, _setting, _policy, _options) = (channel, setting, policy, options);
        _trace = CrossTraffic.On(trace, options.CrossTraffic, options.Seed);
        _start = StartOf(channel, trace, options);
        var clock = new ServerClock(_time);
        _time.Now = _start;
        _link = new SimulatedLink(_trace, options.Link with { Seed = options.Seed }, _start, viewers);
        _uplink = options.MaxUplink is { } limit ? new Uplink(limit) : null;
        var loop = new SenderLoop(clock, NullLogger.Instance, _readiness);
        _viewers = [.. _link.Flows.Select((flow, index) => CreateViewer(flow, index, clock, loop))];
        _moments = [.. _viewers.Select(_ => new List<Moment>())];
    }

    /// <summary>Where on the broadcast's timeline a viewer joins: anywhere in the loop, the same place for the same trace and seed.</summary>
    public static TimeSpan StartOf(SimulatedChannel channel, BandwidthTrace trace, RunOptions options)
    {
        var timeline = channel.Channel.Timeline;
        var anywhere = timeline.Duration * SeededRandom.For(trace.Name, options.Seed).NextDouble();
        return options.JoinsWithGop ? timeline.GopStart(timeline.Locate(Timestamp.FromTimeSpan(anywhere)).Gop).SinceZero : anywhere;
    }

    /// <summary>Runs one viewer through a trace.</summary>
    public static RunResult Run(SimulatedChannel channel, BandwidthTrace trace, Setting setting, Policy policy, RunOptions options) =>
        RunShared(channel, trace, setting, policy, options, viewers: 1)[0];

    /// <summary>Runs several viewers who share one link through a trace.</summary>
    public static IReadOnlyList<RunResult> RunShared(SimulatedChannel channel, BandwidthTrace trace, Setting setting, Policy policy, RunOptions options, int viewers)
    {
        using var run = new SimulatedRun(channel, trace, setting, policy, options, viewers);
        run.Run();
        return run.Results();
    }

    public void Dispose()
    {
        Array.ForEach(_viewers, v => v.Dispose());
        _metrics.Dispose();
        _readiness.Dispose();
    }

    private SessionContext CreateContext(ServerClock clock, Deliveries deliveries) => new()
    {
        Channels = [_channel.Channel],
        Catalog = new CatalogLine([_channel.Channel], new AsyncSignal()),
        Clock = clock,
        Metrics = _metrics,
        Logger = NullLogger.Instance,
        MaxBuffer = _setting.Delay > ServerDefaults.MaxBuffer ? _setting.Delay : ServerDefaults.MaxBuffer,
        LargestBatch = ServerDefaults.LargestBatch,
        // What comes after a connection was given up is not simulated.
        NoProgressTimeout = TimeSpan.FromDays(1),
        Decisions = null,
        Uplink = _uplink,
        Selector = first => deliveries.To(_policy.Create(new PolicySetup(_setting, _channel.Rates, first))),
    };

    private SimulatedViewer CreateViewer(LinkFlow flow, int index, ServerClock clock, SenderLoop loop)
    {
        var deliveries = new Deliveries();
        var delay = (int)_setting.Delay.TotalMilliseconds;
        var client = _setting.Regime == Regime.Live
            ? new LiveStreamClientOptions { MaxBuffer = TimeSpan.Zero, VideoBufferMs = delay, AudioBufferMs = delay, MaxTargetDelay = _setting.Delay }
            : new LiveStreamClientOptions { MaxBuffer = _setting.Delay };
        return new SimulatedViewer($"v{index + 1}", flow, client, _channel, CreateContext(clock, deliveries), loop, _link.RoundTrip, deliveries, _time, _options.Fault) { Sent = _options.Sent };
    }

    private void Run()
    {
        var end = _start + _trace.Duration;
        var moment = _start + MomentInterval;
        var division = _start;
        while (true)
        {
            var now = _link.Due;
            foreach (var viewer in _viewers)
            {
                now = viewer.Due < now ? viewer.Due : now;
            }

            if (now >= end)
            {
                _time.Now = end;
                return;
            }

            if (_options.KeepsMoments && now >= moment)
            {
                KeepMoment(moment);
                moment += MomentInterval;
            }

            _time.Now = now;
            if (now >= division)
            {
                _uplink?.Turn();
                division += Uplink.Interval;
            }

            _link.Run(now);
            foreach (var viewer in _viewers)
            {
                viewer.Run();
            }
        }
    }

    private void KeepMoment(TimeSpan at)
    {
        for (var i = 0; i < _viewers.Length; i++)
        {
            var (record, feedback) = (_viewers[i].Record, _viewers[i].Client.Feedback);
            var stands = record.IsStalledAt(at);
            _moments[i].Add(new Moment(
                (at - _start).TotalSeconds,
                _trace.MeanBetween(at - MomentInterval - _start, at - _start),
                feedback is null ? 0 : Math.Min(feedback.VideoBufferSeconds, feedback.AudioBufferSeconds),
                record.Rung,
                record.LatencyMs,
                stands));
        }
    }

    private RunResult[] Results() =>
    [
        .. _viewers.Select((viewer, index) => new RunResult
        {
            Trace = _trace.Name,
            Network = _trace.Network,
            Setting = _setting,
            Policy = _policy.Name,
            Outcome = viewer.Record.OutcomeAt(_channel.PictureKbps, viewer.ProbeShare, _time.Now),
            Blocks = viewer.Record.Blocks(_time.Now),
            Moments = _moments[index],
        }),
    ];

    /// <summary>Tells a viewer's policy of what has arrived, if it wants to know.</summary>
    private sealed class Deliveries : IDeliveryListener
    {
        private IDeliveryListener? _listener;

        public IRenditionSelector To(IRenditionSelector selector)
        {
            _listener = selector as IDeliveryListener;
            return selector;
        }

        public void OnDelivered(in GopDelivery delivery) => _listener?.OnDelivered(delivery);
    }
}
