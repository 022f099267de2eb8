using System.Threading.Channels;
using KnSock.Protocol.Messages;
using KnSock.Server.Diagnostics;
using KnSock.Server.Sessions;
using Microsoft.Extensions.Logging.Abstractions;

namespace KnSock.Server.Tests.Sessions;

public sealed class ViewerSessionTests : IAsyncDisposable
{
    private readonly FakeChannel _channel = new();
    private readonly FakeViewer _viewer = new();
    private readonly ServerMetrics _metrics = new(factory: null);

    public async ValueTask DisposeAsync()
    {
        await _channel.DisposeAsync();
        _metrics.Dispose();
    }

    [Fact]
    public async Task AViewerThatDoesNotReadItsMessagesIsLetGo()
    {
        _viewer.Gate = new TaskCompletionSource().Task;
        var running = RunAsync();
        for (var id = 0; id < 1000; id++)
        {
            _viewer.Say(new Ping { Id = id });
        }

        await running.WaitAsync(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task TheCatalogComesAgainWhenItChanges()
    {
        var running = RunAsync();
        await Eventually.TrueAsync(() => _viewer.Heard.OfType<Catalog>().Count() == 1);

        _channel.Channel.Withdraw(1, "too slow");
        await Eventually.TrueAsync(() => _viewer.Heard.OfType<Catalog>().Count() == 2);
        _channel.Channel.WarnOfStore("the disk is full");
        await Eventually.TrueAsync(() => _viewer.Heard.OfType<Catalog>().Count() == 3);
        _channel.Channel.Withdraw(1, reason: null);
        _channel.Channel.WarnOfStore(reason: null);
        await Eventually.TrueAsync(() => _viewer.Heard.OfType<Catalog>().Last().Channels[0] is { Warnings: null, Renditions: [_, { Withdrawn: null }] });

        var catalogs = _viewer.Heard.OfType<Catalog>().Select(c => c.Channels[0]).ToList();
        Assert.True(catalogs[1].Renditions is [{ Withdrawn: null }, { Withdrawn: "too slow" }]);
        Assert.True(catalogs[2].Warnings is ["the disk is full"]);
        _viewer.Leave();
        await running;
    }

    [Fact]
    public async Task AViewerOfWhomNothingIsHeardIsLetGo()
    {
        var running = RunAsync();
        var waited = TimeSpan.Zero;
        while (!running.IsCompleted)
        {
            await Eventually.SettleAsync();
            _channel.Time.Advance(TimeSpan.FromMilliseconds(500));
            waited += TimeSpan.FromMilliseconds(500);
        }

        // Time may move on while the session is still about to look at it, so only the lower bound is exact.
        Assert.InRange(waited.TotalSeconds, 10, 3600);
    }

    [Fact]
    public async Task AChannelThatCannotBeEncodedIsReportedAndTheSessionLivesOn()
    {
        _channel.Encoders[0].BeforeUnit = (_, _) => throw new Server.Encoding.EncoderException("broken");
        var running = RunAsync();
        _viewer.Say(new Select { Selection = 1, Channel = 0 });
        for (var step = 0; !_viewer.Heard.Any(m => m is ChannelEndedNotice); step++)
        {
            Assert.True(step < 2000 && !running.IsCompleted, $"not reported; fault: {_channel.Low.Fault}, starts {_channel.Encoders[0].Starts.Count}, ended {running.IsCompleted}");
            await Eventually.SettleAsync();
            await Task.Delay(1);
            _channel.Time.Advance(TimeSpan.FromMilliseconds(20));
        }

        Assert.Contains("broken", _viewer.Heard.OfType<ChannelEndedNotice>().First().Reason, StringComparison.Ordinal);
        Assert.Contains(_channel.Channel.Info.Warnings!, w => w.Contains("broken", StringComparison.Ordinal));
        _channel.Encoders[0].BeforeUnit = null;
        _viewer.Say(new Ping { Id = 3 });
        await Eventually.TrueAsync(() => _viewer.Heard.Any(m => m is Pong { Id: 3 }));
        _viewer.Leave();
        await running;
    }

    [Fact]
    public async Task StoppingFreesTheTracks()
    {
        var running = RunAsync();
        _viewer.Say(new Select { Selection = 1, Channel = 0, From = StartPoint.Beginning });
        await Eventually.TrueAsync(() => _viewer.VideoFrames.Units.Count() > 30 && _viewer.AudioFrames.Units.Count() > 30);
        Assert.True(_channel.Low.IsRead && _channel.Channel.AudioTrack.IsRead);

        _viewer.Say(new Stop { Selection = 2 });
        _viewer.Say(new Ping { Id = 1 });
        await Eventually.TrueAsync(() => _viewer.Heard.Any(m => m is Pong));
        Assert.True(_channel.Low.IsRead);
        _viewer.Say(new Stop { Selection = 1 });

        await Eventually.TrueAsync(() => !_channel.Low.IsRead && !_channel.High.IsRead && !_channel.Channel.AudioTrack.IsRead);
        _viewer.Leave();
        await running;
        var first = _viewer.Heard.OfType<RenditionNotice>().First();
        Assert.Equal((1u, (int?)null, 0.0), (first.Selection, first.From, first.AtSeconds));
        Assert.NotEmpty(first.Reason);
    }

    [Fact]
    public async Task AFloodOfSelectionsStartsNoFloodOfEncoders()
    {
        var running = RunAsync();
        for (uint selection = 1; selection <= 100; selection++)
        {
            _viewer.Say(new Select { Selection = selection, Channel = 0, From = StartPoint.Position, PositionSeconds = selection * 3 % 10 });
            await Eventually.SettleAsync();
        }

        await Eventually.TrueAsync(() => _viewer.Heard.Any(m => m is Selected { Selection: 100 }));
        Assert.InRange(_channel.Encoders[0].Starts.Count + _channel.Encoders[1].Starts.Count, 1, 3);

        _channel.Time.Advance(TimeSpan.FromMilliseconds(250));
        await Eventually.TrueAsync(() => _viewer.VideoFrames.Frames.Any(f => f.Mark?.Selection == 100));
        Assert.InRange(_channel.Encoders[0].Starts.Count + _channel.Encoders[1].Starts.Count, 1, 5);
        _viewer.Leave();
        await running;
    }

    private Task RunAsync()
    {
        var context = new SessionContext
        {
            Channels = [_channel.Channel],
            CatalogChanged = _channel.CatalogChanged,
            Clock = _channel.Clock,
            Metrics = _metrics,
            Logger = NullLogger.Instance,
            MaxBuffer = TimeSpan.FromSeconds(4),
            NoProgressTimeout = TimeSpan.FromSeconds(10),
            Decisions = null,
        };
        return new ViewerSession("v1", _viewer, context).RunAsync(CancellationToken.None);
    }

    private sealed class FakeViewer : IViewerConnection
    {
        private readonly Channel<ControlMessage> _said = Channel.CreateUnbounded<ControlMessage>();
        private readonly Lock _lock = new();
        private readonly List<ControlMessage> _heard = [];

        public Task? Gate { get; set; }

        public FakeMediaConnection VideoFrames { get; } = new();

        public FakeMediaConnection AudioFrames { get; } = new();

        public string Peer => "test";

        public string Client => "test";

        public IMediaConnection Video => VideoFrames;

        public IMediaConnection Audio => AudioFrames;

        public IReadOnlyList<ControlMessage> Heard
        {
            get
            {
                lock (_lock)
                {
                    return [.. _heard];
                }
            }
        }

        public void Say(ControlMessage message) => _said.Writer.TryWrite(message);

        public void Leave() => _said.Writer.TryComplete();

        public async ValueTask<ControlMessage?> ReceiveAsync(CancellationToken cancellationToken) =>
            await _said.Reader.WaitToReadAsync(cancellationToken) && _said.Reader.TryRead(out var message) ? message : null;

        public async ValueTask SendAsync(ControlMessage message, CancellationToken cancellationToken)
        {
            await (Gate ?? Task.CompletedTask).WaitAsync(cancellationToken);
            lock (_lock)
            {
                _heard.Add(message);
            }
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
