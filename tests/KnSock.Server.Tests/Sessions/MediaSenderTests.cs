using KnSock.Protocol;
using KnSock.Protocol.Messages;
using KnSock.Server.Diagnostics;
using KnSock.Server.Encoding;
using KnSock.Server.Loops;
using KnSock.Server.Sessions;
using KnSock.Server.Tests.Endpoints.Native;

namespace KnSock.Server.Tests.Sessions;

public sealed class MediaSenderTests : IAsyncDisposable
{
    private readonly FakeMediaConnection _connection = new();
    private readonly ServerMetrics _metrics = new(factory: null);
    private FakeChannel _channel = new();
    private MediaSender _sender;

    public MediaSenderTests() => _sender = new MediaSender(_connection, new Segments(), _metrics);

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
        _sender = new MediaSender(_connection, new Segments(), _metrics);
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
        var horizon = viewing.Horizon(_channel.Clock.Now);
        await SendUntilAsync(viewing, rungs: null, () => _connection.Units.Count() >= 61, async () =>
        {
            await Eventually.SettleAsync();
            _sender.Send(_channel.Clock.Elapsed);
            Assert.Equal(61, _connection.Units.Count());
            Assert.True(_connection.Units.All(u => u.Header.Dts <= horizon));
            _channel.Time.Advance(TimeSpan.FromSeconds(3));
            Report(viewing, 1);
            // Up to the end of the GOP; one picture of the next would be no batch.
            await SendUntilAsync(() => _connection.Units.Count() >= 90);
            await Eventually.SettleAsync();
            _sender.Send(_channel.Clock.Elapsed);
            Assert.Equal(90, _connection.Units.Count());
        });
    }

    [Fact]
    public async Task ANewRungBeginsAtAGopWithItsConfigurationAndNoGapInTheSequence()
    {
        var viewing = _channel.View(maxBuffer: 8);
        var rungs = new SwitchIn(new RungSwitch(_channel.Channel.VideoTracks, 0), gop: 1);
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
        var other = _channel.Low.TryBegin(6, Make.VideoSetup(1))!;
        for (var unit = 0; unit < 30; unit++)
        {
            _channel.Low.Append(other, Channels.FakeEncoder.Unit(_channel.Timeline, Media.TrackKind.Video, 6, unit));
        }

        var viewing = _channel.View(maxBuffer: 2);
        await SendUntilAsync(viewing, rungs: null, () => _connection.Units.Count() >= 30, async () =>
        {
            for (var position = 1; position <= 6; position++)
            {
                _channel.Time.Advance(TimeSpan.FromSeconds(1));
                Report(viewing, position);
                await SendUntilAsync(() => _connection.Units.Count() >= (position + 1) * 30);
            }

            await SendUntilAsync(() => _connection.Units.Count() >= 8 * 30);
        });

        var frames = _connection.Frames;
        AssertContinuous(frames);
        var configurations = frames.Select((f, i) => (Frame: f, Index: i)).Where(x => x.Frame.Header.Kind == FrameKind.Configuration).ToList();
        Assert.Equal(3, configurations.Count);
        Assert.All(configurations, c => Assert.Equal(0, c.Frame.Header.Rendition));
        Assert.All(configurations, c => Assert.Equal(FrameKind.Mark, frames[c.Index - 1].Header.Kind));
        Assert.Equal([0u, 180u, 210u], configurations.Select(c => frames[c.Index + 1].Header.Sequence));
    }

    [Fact]
    public async Task ASelectionThatEndsDuringAWriteCutsNoFrame()
    {
        var viewing = _channel.View();
        _sender.Begin(viewing, [new TrackFeed(viewing, _channel.Low, rungs: null)]);
        // The mark, the configuration and a part of the first unit.
        var room = FrameWriter.MarkSize + 70;
        _connection.Room = length => Math.Min(length, Interlocked.Exchange(ref room, 0));
        await SendUntilAsync(() => _connection.Frames.Count > 0);
        Assert.True(_sender.IsBlocked);
        Assert.False(_connection.IsAtFrameBoundary);

        _sender.Begin(viewing: null, []);
        Assert.False(_channel.Low.IsRead);
        room = int.MaxValue;
        Assert.Equal(LoopMember.Never, _sender.Send(_channel.Clock.Elapsed));

        Assert.True(_connection.IsAtFrameBoundary);
        Assert.InRange(_connection.Frames.Count, 2, 3);
        Assert.False(_sender.IsBlocked);
    }

    [Fact]
    public async Task AFaultyRenditionEndsTheViewingWithItsReason()
    {
        _channel.Encoders[0].BeforeUnit = (_, _) => throw new Server.Encoding.EncoderException("broken");
        var viewing = _channel.View();
        _sender.Begin(viewing, [new TrackFeed(viewing, _channel.Low, rungs: null)]);

        string? fault = null;
        await SendUntilAsync(() =>
        {
            _channel.Time.Advance(TimeSpan.FromMilliseconds(50));
            return (fault = _sender.TakeFault()) is not null;
        });

        Assert.Contains("broken", fault, StringComparison.Ordinal);
        Assert.False(_channel.Low.IsRead);
        Assert.Null(_sender.TakeFault());
    }

    [Fact]
    public async Task AGopThatTheLinkCannotCarryIsBegunAgainInALowerRung()
    {
        using var rungs = new RungSwitch(_channel.Channel.VideoTracks, 1);
        using var cursor = new TrackCursor(_channel.Timeline, _channel.High, 0, 0);
        await Eventually.TrueAsync(() => _channel.High[0] is { IsComplete: true });
        for (var i = 0; i < 5; i++)
        {
            cursor.Read();
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
            cursor.Read();
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
        _sender.Begin(viewing, [new TrackFeed(viewing, _channel.Low, rungs)]);
        await SendUntilAsync(condition);
        await (then?.Invoke() ?? Task.CompletedTask);
        _sender.Begin(viewing: null, []);
        Assert.False(_channel.Low.IsRead);
    }

    private Task SendUntilAsync(Func<bool> condition) => Eventually.TrueAsync(() =>
    {
        _sender.Send(_channel.Clock.Elapsed);
        return condition();
    });

    private void Report(Viewing viewing, double position) => viewing.Report(
        new FeedbackFigures(1, PlayoutState.Playing, position, VideoBufferSeconds: 1, AudioBufferSeconds: 1, TargetSeconds: 0), _channel.Clock.Now);

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

    private sealed class SwitchIn(RungSwitch rungs, int gop) : IRungs, IDisposable
    {
        private bool _hasChosen;

        public bool IsPending => rungs.IsPending;

        public void Suspend() => rungs.Suspend();

        public void Steer(TrackCursor cursor, TimeSpan now)
        {
            if (!_hasChosen && cursor.Gop == gop)
            {
                _hasChosen = true;
                rungs.Choose(1, "test");
            }

            _ = cursor.IsAtGopStart ? rungs.TryAtGopStart(cursor) : rungs.TryWithinGop(cursor, bitsPerSecond: null);
        }

        public void Dispose() => rungs.Dispose();
    }
}
