using KnSock.Server.Channels;
using KnSock.Server.Diagnostics;
using KnSock.Server.Store;
using KnSock.Server.Tests.Encoding;
using KnSock.Server.Tests.Store;
using Microsoft.Extensions.Logging.Abstractions;

namespace KnSock.Server.Tests.Channels;

/// <summary>What the real ffmpeg prepared is read by many on every rung, and no encoder starts.</summary>
public sealed class PreparedChannelsTests(SmallVideos videos) : IClassFixture<SmallVideos>, IDisposable
{
    private const int Viewers = 10;

    private readonly string _folder = TestStore.NewFolder();

    public void Dispose() => TestStore.Delete(_folder);

    [Fact]
    public async Task TenViewersOnEachRungOfThreeFilesStartNoEncoder()
    {
        string[] paths = [await videos.PathOfAsync("plain.mp4"), await videos.PathOfAsync("film.mkv"), await videos.PathOfAsync("cuts.mp4")];
        var options = new LiveStreamServerOptions { VideoPaths = paths, Store = new StoreOptions { Directory = _folder }, Ladder = new LadderOptions { Heights = [90, 72, 64] } };
        var preparation = new StorePreparation(options);
        await preparation.RunAsync(CancellationToken.None);
        Assert.Equal(3, preparation.Renditions.Select(r => r.Video).Distinct(StringComparer.Ordinal).Count());
        Assert.All(preparation.Renditions, r => Assert.Equal(r.GopCount, r.StoredGops));

        using var figures = new StoreFigures();
        using var metrics = new ServerMetrics(figures);
        await ReadAllAsync(options, metrics);

        Assert.True(figures["reads hit"] > 0);
        Assert.Equal(0, figures.EncodersStarted);

        // Without what was stored they do.
        await ReadAllAsync(options with { Store = options.Store with { Directory = Path.Combine(_folder, "empty") } }, metrics);
        Assert.True(figures.EncodersStarted > 0);
    }

    private async Task ReadAllAsync(LiveStreamServerOptions options, ServerMetrics metrics)
    {
        var clock = new ServerClock(TimeProvider.System);
        using var places = new EncoderPlaces(4);
        await using var store = new RenditionStore(options.Store, metrics, TimeProvider.System, NullLogger.Instance);
        var factory = new ChannelFactory(options, await SmallVideos.ToolsAsync(), store, places, clock, metrics, NullLogger.Instance);
        using var stopping = new CancellationTokenSource();
        var running = new List<Task>();
        var readers = new List<Task>();
        foreach (var path in options.VideoPaths)
        {
            var media = await factory.CreateAsync(Path.GetFileName(path), await videos.ProbeAsync(Path.GetFileName(path)), isLive: true, CancellationToken.None);
            Assert.True(media.Video.Count > 1);
            var channel = factory.Open(0, media, new StoreWriter(), () => "veryfast", new AsyncSignal());
            running.Add(channel.RunAsync(stopping.Token));
            readers.AddRange(media.All.SelectMany(track => Enumerable.Range(0, Viewers).Select(viewer => ReadTurnAsync(track, viewer % media.Timeline.GopCount))));
        }

        await Task.WhenAll(readers);
        await stopping.CancelAsync();
        await Task.WhenAll(running);
    }

    private static async Task ReadTurnAsync(RenditionTrack track, int from)
    {
        using var reader = track.OpenReader(from);
        for (var step = 0; step < track.Timeline.GopCount; step++)
        {
            var gop = (from + step) % track.Timeline.GopCount;
            reader.MoveTo(gop);
            await Eventually.TrueAsync(() => track[gop] is { IsComplete: true } || track.Timeline.UnitsIn(track.Rendition.Kind, gop) == 0);
        }
    }
}
