using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Text;
using BenchmarkDotNet.Attributes;
using KnSock.Protocol.Messages;
using KnSock.Server;
using KnSock.Server.Channels;
using KnSock.Server.Diagnostics;
using KnSock.Server.Loops;
using KnSock.Server.Sessions;
using Microsoft.Extensions.Logging.Abstractions;

namespace KnSock.Benchmarks;

/// <summary>A second of media for one viewer, without the kernel: what an access unit costs, and what a feedback message does with link estimate and selector.</summary>
public class SendingBenchmarks : IDisposable
{
    private const int FeedbackPerSecond = 10;

    private readonly SteppedTime _time = new();
    private readonly SwallowingConnection _connection = new();
    private readonly byte[] _line = new byte[512];
    private byte[] _before = [];
    private byte[] _behind = [];
    private ServerClock _clock = null!;
    private ViewerSession _session = null!;

    /// <summary>Seconds that may be sent ahead; 0 is the live edge.</summary>
    [Params(0, 8)]
    public int MaxBuffer { get; set; }

    [GlobalSetup]
    public void Begin()
    {
        _clock = new ServerClock(_time);
        Channel[] channels = [SyntheticChannel.Create()];
        var context = new SessionContext
        {
            Channels = channels,
            Catalog = new CatalogLine(channels, new AsyncSignal()),
            Clock = _clock,
            Metrics = new ServerMetrics(factory: null),
            Logger = NullLogger.Instance,
            MaxBuffer = TimeSpan.FromSeconds(8),
            LargestBatch = TimeSpan.FromSeconds(1),
            NoProgressTimeout = TimeSpan.FromSeconds(10),
            Decisions = null,
        };
        _session = new ViewerSession("v1", _connection, context, new SenderLoop(_clock, NullLogger.Instance));
        _session.Run(_clock.Elapsed);
        _session.OnMessage(Encoding.UTF8.GetBytes($$"""{"type":"select","selection":1,"channel":0,"maxBufferSeconds":{{MaxBuffer}}}"""), behind: []);
        var feedback = Encoding.UTF8.GetString(MessageJson.WriteLine(new Feedback
        {
            Selection = 1, State = PlayoutState.Playing, PositionSeconds = 12345.5, VideoBufferSeconds = MaxBuffer * 0.9, AudioBufferSeconds = MaxBuffer * 0.9, TargetSeconds = 0.2,
            ReceivedBytes = 123_456_789,
        })).TrimEnd().Split("12345.5");
        (_before, _behind) = (Encoding.UTF8.GetBytes(feedback[0]), Encoding.UTF8.GetBytes(feedback[1]));
        Second();
    }

    /// <summary>Units and feedback of a second; the figures are for a unit.</summary>
    [Benchmark(OperationsPerInvoke = SyntheticChannel.UnitsPerSecond)]
    public void Second()
    {
        for (var step = 0; step < 60; step++)
        {
            _time.Advance(TimeSpan.FromTicks((TimeSpan.TicksPerSecond / 60) + 1));
            _session.Run(_clock.Elapsed);
            if (step % (60 / FeedbackPerSecond) == 0)
            {
                Say();
            }
        }
    }

    /// <summary>A feedback message: read, link sampled and estimated, rung chosen, horizon moved.</summary>
    [Benchmark]
    public void Feedback()
    {
        _time.Advance(TimeSpan.FromMilliseconds(100));
        Say();
    }

    [GlobalCleanup]
    public void Report() => Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"// writes: {_connection.Writes}, seconds: {_clock.Elapsed.TotalSeconds:0}"));

    private void Say()
    {
        // A viewer that is a tenth of a second behind the broadcast.
        var line = _line.AsSpan();
        _before.CopyTo(line);
        Utf8Formatter.TryFormat(_clock.Elapsed.TotalSeconds - 0.1, line[_before.Length..], out var length, new StandardFormat('F', 3));
        _behind.CopyTo(line[(_before.Length + length)..]);
        _connection.Line = _line.AsMemory(0, _before.Length + length + _behind.Length);
        if (_session.OnReady(0, Interest.Read, _clock.Elapsed))
        {
            _session.Run(_clock.Elapsed);
        }
    }

    public void Dispose()
    {
        _connection.Dispose();
        GC.SuppressFinalize(this);
    }
}
