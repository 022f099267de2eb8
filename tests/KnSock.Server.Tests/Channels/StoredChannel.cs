using KnSock.Media;
using KnSock.Server.Channels;
using KnSock.Server.Encoding;
using KnSock.Server.Sources;
using KnSock.Server.Store;
using KnSock.Server.Tests.Store;
using KnSock.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace KnSock.Server.Tests.Channels;

/// <summary>Three rungs and the sound of a channel over a store on disk; encoders are fakes, time is virtual.</summary>
internal sealed class StoredChannel : IAsyncDisposable
{
    public const int Lead = 3;

    private readonly CancellationTokenSource _stopping = new();
    private readonly TestStore _store;
    private readonly Dictionary<Rendition, RenditionKey> _keys = [];
    private readonly StoreWriter _writer = new();
    private readonly List<Task> _running = [];
    private readonly FakeEncoder _pictures;
    private readonly FakeEncoder _sounds;

    public StoredChannel(string? folder = null, double seconds = 20, long? maxBytes = null, bool isFed = true, int unitBytes = 100, bool passesThrough = false)
    {
        _store = new TestStore(folder, maxBytes);
        Timeline = Make.Timeline(Make.Fps(10), seconds);
        (_pictures, _sounds) = (new FakeEncoder(Timeline, TrackKind.Video, unitBytes), new FakeEncoder(Timeline, TrackKind.Audio, 10));
        VideoRendition[] rungs = [.. Enumerable.Range(0, 3).Select(i => Make.Rung(i, 160 * (i + 1), 90 * (i + 1)) with { IsPassthrough = passesThrough && i == 2 })];
        var memory = new MediaMemory(long.MaxValue);
        Media = new ChannelMedia
        {
            Name = "a.mp4",
            Source = Make.Source("/a.mp4"),
            Timeline = Timeline,
            Ladder = new Ladder { Video = rungs, Audio = Make.Stereo },
            Encode = Encode,
            Video = [.. rungs.Select(r => Track(r, memory))],
            Audio = Track(Make.Stereo, memory),
        };
        if (isFed)
        {
            _running.Add(_writer.RunAsync(_stopping.Token));
            _running.AddRange(Media.All.Select(t => new TrackFeeder(
                t, Encode, new TrackFeederOptions { Grace = TimeSpan.FromSeconds(1), Writer = _writer, Time = Time }, NullLogger.Instance).RunAsync(_stopping.Token)));
        }
    }

    public LoopTimeline Timeline { get; }

    public ChannelMedia Media { get; }

    public ManualTimeProvider Time => _store.Time;

    public RenditionStore Store => _store.Store;

    public IEnumerable<EncoderRun> Runs => _pictures.Runs.Concat(_sounds.Runs);

    /// <summary>Called before each unit of the picture.</summary>
    public Action<int, int>? BeforePicture
    {
        set => _pictures.BeforeUnit = value;
    }

    public EncoderPlaces Places { get; } = new(8);

    /// <summary>Fills this channel's store, or that of the channels named, on this one's time.</summary>
    public void Fill(FillScope scope, params ChannelMedia[] channels) => _running.Add(
        new BackgroundFill(channels is [] ? [Media] : channels, Store, new EncodingBudget { Fill = scope }, Places, Time, NullLogger.Instance).RunAsync(_stopping.Token));

    public string PathOf(RenditionTrack track, int gop) => StoreLayout.GopPath(Store.Open(_keys[track.Rendition]).Folder, gop);

    /// <summary>Lets a reader pass through the whole turn, as fast as there is something to read.</summary>
    public async Task ReadTurnAsync(RenditionTrack track)
    {
        using var reader = track.OpenReader(0);
        for (var gop = 0; gop < Timeline.GopCount; gop++)
        {
            reader.MoveTo(gop);
            await UntilAsync(() => track[gop] is { IsComplete: true });
        }
    }

    /// <summary>Moves time on in small steps until the condition holds.</summary>
    public async Task UntilAsync(Func<bool> condition, [System.Runtime.CompilerServices.CallerArgumentExpression(nameof(condition))] string what = "") =>
        await Eventually.TrueAsync(
            () =>
            {
                if (condition())
                {
                    return true;
                }

                Time.Advance(TimeSpan.FromMilliseconds(20));
                return false;
            },
            what);

    /// <summary>Lets a long time pass.</summary>
    public async Task PassAsync(TimeSpan time)
    {
        for (var end = Time.Now + time; Time.Now < end;)
        {
            await Task.Delay(1);
            await Eventually.SettleAsync();
            Time.Advance(TimeSpan.FromMilliseconds(500));
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await Task.WhenAll(_running);
        await _store.DisposeAsync();
        _stopping.Dispose();
        Places.Dispose();
    }

    private IAsyncEnumerable<EncodedUnit> Encode(EncoderRun run, CancellationToken cancellationToken) =>
        (run.Renditions[0].Kind == TrackKind.Video ? _pictures : _sounds).EncodeAsync(run, cancellationToken);

    private RenditionTrack Track(Rendition rendition, MediaMemory memory)
    {
        var key = new RenditionKey
        {
            Source = TestStore.Key().Source,
            SourcePath = "/a.mp4",
            Name = rendition.Name,
            Settings = rendition.Name,
            GopCount = Timeline.GopCount,
        };
        _keys[rendition] = key;
        var stored = new StoredTrack([(EncoderRun.DefaultPreset, Store.Open(key))], Timeline.GopCount, Time);
        stored.SetOffered();
        stored.RefreshAsync(CancellationToken.None).GetAwaiter().GetResult();
        return new RenditionTrack(rendition, Timeline, memory, Lead, stored);
    }
}
