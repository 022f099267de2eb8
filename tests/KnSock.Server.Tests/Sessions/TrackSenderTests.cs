using KnSock.Protocol;
using KnSock.Protocol.Messages;
using KnSock.Server.Diagnostics;
using KnSock.Server.Encoding;
using KnSock.Server.Sessions;
using KnSock.Server.Tests.Endpoints.Native;

namespace KnSock.Server.Tests.Sessions;

public sealed class TrackSenderTests : IAsyncDisposable
{
    private readonly FakeMediaConnection _connection = new();
    private readonly ServerMetrics _metrics = new(factory: null);
    private FakeChannel _channel = new();

    public async ValueTask DisposeAsync()
    {
        await _channel.DisposeAsync();
        _metrics.Dispose();
    }

    [Theory]
    [InlineData(10)]
    [InlineData(0.3)]
    [InlineData(2.03)]
    public async Task MarksConfigurationAndUnitsComeInOrderOverTheSeam(double seconds)
    {
        await _channel.DisposeAsync();
        _channel = new FakeChannel(seconds);
        var viewing = _channel.View(maxBuffer: 25);

        await SendUntilAsync(viewing, rungs: null, () => _connection.Units.Count() >= 25 * 30);

        var frames = _connection.Frames;
        Assert.Equal([FrameKind.Mark, FrameKind.Configuration, FrameKind.AccessUnit], frames.Take(3).Select(f => f.Header.Kind));
        Assert.Equal([0], frames.Select((f, i) => (f, i)).Where(x => x.f.Header.Flags.HasFlag(FrameFlags.Discontinuity)).Select(x => x.i));
        Assert.Single(frames, f => f.Header.Kind == FrameKind.Configuration);
        AssertContinuous(frames);
    }

    [Fact]
    public async Task NothingBeyondTheHorizonIsSent()
    {
        var viewing = _channel.View(maxBuffer: 2);
        var horizon = viewing.Horizon;
        await SendUntilAsync(viewing, rungs: null, () => _connection.Units.Count() >= 61, async () =>
        {
            await Eventually.SettleAsync();
            Assert.Equal(61, _connection.Units.Count());
            Assert.True(_connection.Units.All(u => u.Header.Pts <= horizon));
            _channel.Time.Advance(TimeSpan.FromSeconds(3));
            viewing.Report(new Feedback { Selection = 1, State = PlayoutState.Playing, PositionSeconds = 1, VideoBufferSeconds = 1, AudioBufferSeconds = 1 }, _channel.Clock.Now);
            await Eventually.TrueAsync(() => _connection.Units.Count() >= 91);
            await Eventually.SettleAsync();
            Assert.Equal(91, _connection.Units.Count());
        });
    }

    [Fact]
    public async Task ANewRungBeginsAtAGopWithItsConfigurationAndNoGapInTheSequence()
    {
        var viewing = _channel.View(maxBuffer: 8);
        var rungs = new SwitchAfter(new RungSwitch(_channel.Channel.VideoTracks, 0), units: 45);
        using var kept = _channel.High.OpenReader(2);
        await Eventually.TrueAsync(() => _channel.High.ReadyUnits(2) > 0);

        await SendUntilAsync(viewing, rungs, () => _connection.Units.Any(u => u.Header.Rendition == 1) && _connection.Units.Count() >= 8 * 30);

        var frames = _connection.Frames;
        AssertContinuous(frames);
        var at = frames.ToList().FindIndex(f => f.Header.Rendition == 1);
        Assert.Equal([FrameKind.Mark, FrameKind.Configuration, FrameKind.AccessUnit], frames.Skip(at).Take(3).Select(f => f.Header.Kind));
        Assert.True(frames[at + 2].Header.Flags.HasFlag(FrameFlags.Keyframe));
        Assert.Equal(0u, frames[at + 2].Header.Sequence % 30);
        Assert.DoesNotContain(frames.Skip(at), f => f.Header.Rendition == 0);
    }

    [Fact]
    public async Task AGopOfAnotherPresetComesWithItsConfigurationInTheSameRung()
    {
        var viewing = _channel.View(maxBuffer: 2);
        await SendUntilAsync(viewing, rungs: null, () => _connection.Units.Count() >= 30, async () =>
        {
            _channel.Preset = EncoderRun.Presets[1];
            for (var position = 1; position <= 6; position++)
            {
                _channel.Time.Advance(TimeSpan.FromSeconds(1));
                viewing.Report(
                    new Feedback { Selection = 1, State = PlayoutState.Playing, PositionSeconds = position, VideoBufferSeconds = 1, AudioBufferSeconds = 1 }, _channel.Clock.Now);
            }

            await Eventually.TrueAsync(() => _connection.Units.Count() >= 6 * 30);
        });

        var frames = _connection.Frames;
        AssertContinuous(frames);
        var configurations = frames.Select((f, i) => (Frame: f, Index: i)).Where(x => x.Frame.Header.Kind == FrameKind.Configuration).ToList();
        Assert.Equal(2, configurations.Count);
        Assert.All(configurations, c => Assert.Equal(0, c.Frame.Header.Rendition));
        Assert.Equal(FrameKind.Mark, frames[configurations[1].Index - 1].Header.Kind);
        Assert.True(frames[configurations[1].Index + 1].Header.Flags.HasFlag(FrameFlags.Keyframe));
    }

    [Fact]
    public async Task ASelectionThatEndsDuringAWriteCutsNoFrame()
    {
        var open = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var isWaiting = false;
        _connection.Gate = () =>
        {
            Volatile.Write(ref isWaiting, value: true);
            return open.Task;
        };
        var sender = new TrackSender(_connection, _channel.Clock, _metrics);
        var viewing = _channel.View();
        var running = sender.RunAsync(viewing, _channel.Low, rungs: null, CancellationToken.None);
        await Eventually.TrueAsync(() => Volatile.Read(ref isWaiting));

        viewing.End();
        await Eventually.SettleAsync();
        Assert.False(running.IsCompleted);
        open.SetResult();

        Assert.Null(await running);
        Assert.NotEmpty(_connection.Frames);
        Assert.False(_channel.Low.IsRead);
    }

    [Fact]
    public async Task AFaultyRenditionEndsTheViewingWithItsReason()
    {
        _channel.Encoders[0].BeforeUnit = (_, _) => throw new Server.Encoding.EncoderException("broken");
        var sender = new TrackSender(_connection, _channel.Clock, _metrics);
        var running = sender.RunAsync(_channel.View(), _channel.Low, rungs: null, CancellationToken.None);

        while (!running.IsCompleted)
        {
            _channel.Time.Advance(TimeSpan.FromMilliseconds(50));
            await Eventually.SettleAsync();
        }

        Assert.Contains("broken", await running, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AGopThatTheLinkCannotCarryIsBegunAgainInALowerRung()
    {
        using var rungs = new RungSwitch(_channel.Channel.VideoTracks, 1);
        using var cursor = new TrackCursor(_channel.Timeline, _channel.High, 0, 0);
        await Eventually.TrueAsync(() => _channel.High[0] is { IsComplete: true });
        for (var i = 0; i < 5; i++)
        {
            Assert.True(cursor.TryPeek(out _, out _));
            cursor.Advance();
        }

        Assert.False(rungs.TryWithinGop(cursor, 100_000));
        rungs.Choose(0, "the link is slow");
        Assert.False(rungs.TryWithinGop(cursor, bitsPerSecond: null));
        // Fast enough for the rest: 25 of 30 units of 900 kbit in half a second.
        Assert.False(rungs.TryWithinGop(cursor, 3_000_000));
        Assert.False(rungs.TryWithinGop(cursor, 100_000));
        await Eventually.TrueAsync(() => _channel.Low[0] is { IsComplete: true });

        Assert.True(rungs.TryWithinGop(cursor, 100_000));

        Assert.Equal((_channel.Low, true), (cursor.Track, cursor.IsAtGopStart));
        Assert.True(_channel.Low.IsRead);
        Assert.False(_channel.High.IsRead);
    }

    [Fact]
    public async Task NoViewerWaitsForARungWhileAnotherPlays()
    {
        using var rungs = new RungSwitch(_channel.Channel.VideoTracks, 0);
        using var cursor = new TrackCursor(_channel.Timeline, _channel.Low, 0, 0);
        await Eventually.TrueAsync(() => _channel.Low[0] is { IsComplete: true });
        rungs.Choose(1, "it carries more");

        Assert.False(rungs.TryAtGopStart(cursor));
        Assert.Equal(_channel.Low, cursor.Track);
        while (cursor.Gop == 0)
        {
            Assert.True(cursor.TryPeek(out _, out _));
            cursor.Advance();
        }

        await Eventually.TrueAsync(() => _channel.High.ReadyUnits(1) > 0);
        Assert.True(rungs.TryAtGopStart(cursor));
        Assert.Equal(_channel.High, cursor.Track);
        rungs.Choose(0, "back");
        Assert.True(rungs.TryAtGopStart(cursor));
        Assert.False(_channel.High.IsRead);
    }

    private async Task SendUntilAsync(Viewing viewing, IRungs? rungs, Func<bool> condition, Func<Task>? then = null)
    {
        var sender = new TrackSender(_connection, _channel.Clock, _metrics);
        var running = sender.RunAsync(viewing, _channel.Low, rungs, CancellationToken.None);
        await Eventually.TrueAsync(condition);
        await (then?.Invoke() ?? Task.CompletedTask);
        viewing.End();
        Assert.Null(await running);
        (rungs as IDisposable)?.Dispose();
    }

    /// <summary>Each unit's place on the viewer's timeline follows from the mark before it, and is the next.</summary>
    private static void AssertContinuous(IReadOnlyList<Arrived> frames)
    {
        Mark? mark = null;
        var (next, sequence) = (0.0, (uint?)null);
        foreach (var frame in frames)
        {
            mark = frame.Mark ?? mark;
            if (frame.Header.Kind == FrameKind.AccessUnit)
            {
                Assert.InRange((mark!.Value.TurnStart + frame.Header.Pts.SinceZero).TotalSeconds, next - 1e-5, next + 1e-5);
                Assert.True(sequence is null || frame.Header.Sequence == sequence + 1 || frame.Header.Sequence == 0);
                (next, sequence) = (next + (1 / 30.0), frame.Header.Sequence);
            }
        }
    }

    private sealed class SwitchAfter(RungSwitch rungs, int units) : IRungs, IDisposable
    {
        private int _steps;

        public bool WantsBursts => true;

        public void Steer(TrackCursor cursor)
        {
            if (++_steps == units)
            {
                rungs.Choose(1, "test");
            }

            _ = cursor.IsAtGopStart ? rungs.TryAtGopStart(cursor) : rungs.TryWithinGop(cursor, bitsPerSecond: null);
        }

        public void Dispose() => rungs.Dispose();
    }
}
