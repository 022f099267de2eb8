using KnSock.Protocol.Messages;
using KnSock.Server.Adaptation;
using KnSock.Server.Diagnostics;
using KnSock.Server.Loops;
using KnSock.Server.Sessions;
using KnSock.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Segments = KnSock.Server.Loops.Segments;

namespace KnSock.Server.Tests.Sessions;

/// <summary>What is done for each unit and each viewer allocates nothing.</summary>
public sealed class AllocationTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(4)]
    public void AUnitCostsNoMemory(double maxBuffer)
    {
        var connection = new Swallowing();
        using var sender = new DrivenSender(Make.Timeline(Make.Fps(30), 7), connection);
        var viewing = sender.Begin(from: maxBuffer == 0 ? StartPoint.Live : StartPoint.Beginning, maxBuffer: maxBuffer);
        var (allocated, steps, now) = (0L, 0, TimeSpan.Zero);
        // Of picture and sound together.
        for (var warm = 0; connection.Bytes < 47 * 12_000; warm++)
        {
            now += TimeSpan.FromMilliseconds(20);
            var before = GC.GetAllocatedBytesForCurrentThread();
            viewing.Report(new FeedbackFigures(1, PlayoutState.Playing, now.TotalSeconds, 1, 1, 0), Media.Timestamp.FromTimeSpan(now));
            sender.Media.Send(now);
            var after = GC.GetAllocatedBytesForCurrentThread();
            if (warm > 2000)
            {
                allocated += after - before;
                steps++;
            }
        }

        Assert.True(steps > 3000, $"only {steps} steps were measured");
        Assert.Equal(0, allocated);
    }

    [Theory]
    [InlineData(null)]
    [InlineData(1_000_000L)]
    public void FeedbackCostsNoMemoryWhereNothingIsDecided(long? maxUplink)
    {
        var uplink = maxUplink is { } limit ? new Uplink(limit) : null;
        using var metrics = new ServerMetrics(factory: null);
        using var readiness = new PollingReadiness();
        var time = new ManualTimeProvider();
        var clock = new ServerClock(time);
        var channel = FilledChannel.Create(Make.Timeline(Make.Fps(30), 7));
        var context = new SessionContext
        {
            Channels = [channel],
            Catalog = new CatalogLine([channel], new AsyncSignal()),
            Clock = clock,
            Metrics = metrics,
            Logger = NullLogger.Instance,
            MaxBuffer = TimeSpan.FromSeconds(4),
            LargestBatch = FakeChannel.LargestBatch,
            NoProgressTimeout = TimeSpan.FromSeconds(10),
            Decisions = null,
            // Too little for the higher rung, so the cap is followed each time.
            Uplink = uplink,
        };
        var viewer = new SwallowingViewer();
        var session = new ViewerSession("v1", viewer, context, new SenderLoop(clock, NullLogger.Instance, readiness));
        session.Run(clock.Elapsed);
        viewer.Line = MessageJson.WriteLine(new Select { Selection = 1, Channel = 0, From = StartPoint.Beginning })[..^1];
        Assert.True(session.OnReady(0, Interest.Read, clock.Elapsed));
        session.Run(clock.Elapsed);
        var (allocated, messages) = (0L, 0);
        for (var step = 0; step < 6000; step++)
        {
            time.Advance(TimeSpan.FromMilliseconds(100));
            var now = clock.Elapsed;
            viewer.Line = MessageJson.WriteLine(new Feedback
            {
                Selection = 1, State = PlayoutState.Playing, PositionSeconds = now.TotalSeconds, VideoBufferSeconds = 3.5, AudioBufferSeconds = 3.6, TargetSeconds = 1,
            })[..^1];
            var sent = viewer.Sent;
            var before = GC.GetAllocatedBytesForCurrentThread();
            uplink?.Turn();
            if (session.OnReady(0, Interest.Read, now))
            {
                session.Run(now);
            }

            var after = GC.GetAllocatedBytesForCurrentThread();
            // A message means that something was decided.
            if (step > 2000 && viewer.Sent == sent)
            {
                allocated += after - before;
                messages++;
            }
        }

        session.End(fault: null);
        Assert.True(messages > 3900, $"only {messages} were measured");
        Assert.True(viewer.Frames.Bytes > 47 * 600 * 60, "media went on meanwhile");
        Assert.Equal(0, allocated);
    }

    private sealed class Swallowing : IMediaConnection
    {
        public long Bytes { get; private set; }

        public TimeSpan? WaitingSince => null;

        public int Write(Segments segments)
        {
            Bytes += segments.Length;
            return segments.Length;
        }

        public int Write(ReadOnlySpan<byte> bytes)
        {
            Bytes += bytes.Length;
            return bytes.Length;
        }

        public LinkSample Sample(TimeSpan now) => new(Bytes, IsBacklogged: false);

        public void AllowMore(bool isAllowed)
        {
        }
    }

    private sealed class SwallowingViewer : IViewerConnection
    {
        public byte[] Line { get; set; } = [];

        public int Sent { get; private set; }

        public Swallowing Frames { get; } = new();

        public string Peer => "test";

        public string Client => "test";

        public IMediaConnection Video => Frames;

        public IMediaConnection? Audio => null;

        public void Open<TSession>(SenderLoop loop, TSession session)
            where TSession : LoopMember, IMessageListener
        {
        }

        public ConnectionEvent OnReady(int tag, Interest ready, IMessageListener listener)
        {
            listener.OnMessage(Line, behind: []);
            return ConnectionEvent.None;
        }

        public void HearLater(bool later)
        {
        }

        public bool Hear(IMessageListener listener) => true;

        public void AwaitRoom() => throw new InvalidOperationException("there is always room");

        public bool Send(ReadOnlyMemory<byte> line)
        {
            Sent++;
            return true;
        }

        public void Dispose()
        {
        }
    }
}
