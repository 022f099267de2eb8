using System.Runtime.CompilerServices;
using KnSock.Server.Channels;
using KnSock.Server.Diagnostics;
using KnSock.Server.Loops;
using KnSock.Server.Sessions;
using Microsoft.Extensions.Logging.Abstractions;

namespace KnSock.Server.Tests.Sessions;

/// <summary>A session whose loop is the test: it is called as the loop would, on virtual time.</summary>
internal sealed class DrivenSession : IDisposable
{
    private readonly FakeChannel _channel;
    private readonly ServerMetrics _metrics = new(factory: null);
    private readonly PollingReadiness _readiness = new();

    public DrivenSession(FakeChannel channel, FakeViewer viewer, double maxBuffer = 4, Uplink? uplink = null, ChannelLineup? channels = null)
    {
        (_channel, Viewer) = (channel, viewer);
        var context = new SessionContext
        {
            Channels = channels ?? (IEnumerable<Channel>)[channel.Channel],
            Catalog = new CatalogLine(channels ?? (IEnumerable<Channel>)[channel.Channel], channel.CatalogChanged),
            Clock = channel.Clock,
            Metrics = _metrics,
            Logger = NullLogger.Instance,
            MaxBuffer = TimeSpan.FromSeconds(maxBuffer),
            LargestBatch = FakeChannel.LargestBatch,
            NoProgressTimeout = TimeSpan.FromSeconds(10),
            Decisions = null,
            Uplink = uplink,
        };
        Session = new ViewerSession("v1", viewer, context, new SenderLoop(channel.Clock, NullLogger.Instance, _readiness));
    }

    public FakeViewer Viewer { get; }

    public ViewerSession Session { get; }

    public bool HasEnded => Session.Ended.IsCompleted;

    /// <summary>When the session wants to be called next.</summary>
    public TimeSpan Due { get; private set; }

    /// <summary>Does what the loop would at this moment.</summary>
    public void Turn()
    {
        var now = _channel.Clock.Elapsed;
        if (!HasEnded && Due <= now)
        {
            Due = Session.Run(now);
        }

        if (!HasEnded && Viewer.HasSomethingToSay && Session.OnReady(0, Interest.Read, now))
        {
            Due = Session.Run(now);
        }
    }

    /// <summary>Does so until a condition holds, while time moves on by a step each turn.</summary>
    public Task UntilAsync(Func<bool> condition, double stepMs = 1, [CallerArgumentExpression(nameof(condition))] string what = "") => Eventually.TrueAsync(
        () =>
        {
            Turn();
            if (condition())
            {
                return true;
            }

            _channel.Time.Advance(TimeSpan.FromMilliseconds(stepMs));
            return false;
        },
        what);

    public void Dispose()
    {
        Session.End(fault: null);
        Assert.True(HasEnded && Viewer.IsDisposed);
        _metrics.Dispose();
        _readiness.Dispose();
    }
}
