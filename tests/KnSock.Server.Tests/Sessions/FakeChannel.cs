using KnSock.Media;
using KnSock.Protocol.Messages;
using KnSock.Server.Channels;
using KnSock.Server.Encoding;
using KnSock.Server.Sessions;
using KnSock.Server.Sources;
using KnSock.Server.Tests.Channels;
using KnSock.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace KnSock.Server.Tests.Sessions;

/// <summary>A channel of two rungs whose encoders are fakes.</summary>
internal sealed class FakeChannel : IAsyncDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _running;

    /// <summary>Creates it.</summary>
    /// <param name="seconds">Length of a turn.</param>
    /// <param name="rate">Its frame rate.</param>
    /// <param name="feeds">Whether it runs by itself; otherwise whoever has it in its lineup runs it.</param>
    /// <param name="legacy">What kn-sock's clients are sent. Null: they are not served.</param>
    public FakeChannel(double seconds = 10, FrameRate? rate = null, bool feeds = true, LegacyMedia? legacy = null)
    {
        Clock = new ServerClock(Time);
        Timeline = Make.Timeline(rate ?? Make.Fps(30), seconds);
        var memory = new MediaMemory(long.MaxValue);
        VideoRendition[] rungs = [Make.Rung(0, 320, 180, bitsPerSecond: 300_000), Make.Rung(1, 640, 360, bitsPerSecond: 900_000)];
        Encoders = [.. rungs.Select(r => new FakeEncoder(Timeline, TrackKind.Video, r.BitsPerSecond / 8 / 30)), new FakeEncoder(Timeline, TrackKind.Audio)];
        RenditionTrack[] tracks = [.. rungs.Append<Rendition>(Make.Stereo).Select(r => new RenditionTrack(r, Timeline, memory, 3))];
        var feeders = tracks.Zip(Encoders, (track, encoder) => new TrackFeeder(
            track, encoder.EncodeAsync, new TrackFeederOptions { Grace = TimeSpan.FromSeconds(1), Preset = () => Preset, Time = Time }, NullLogger.Instance)).ToArray();
        var media = new ChannelMedia
        {
            Name = "a.mp4",
            Source = Make.Source("/a.mp4", Make.Video(seconds: seconds)),
            Timeline = Timeline,
            Ladder = new Ladder { Video = rungs, Audio = Make.Stereo },
            Video = tracks[..2],
            Audio = tracks[2],
            Encode = Encoders[0].EncodeAsync,
            Legacy = legacy,
        };
        Channel = new Channel(0, media, feeders, Timestamp.Zero, CatalogChanged);
        _running = feeds ? Channel.RunAsync(_stopping.Token) : Task.CompletedTask;
    }

    public static readonly TimeSpan LargestBatch = TimeSpan.FromSeconds(1);

    public ManualTimeProvider Time { get; } = new();

    public ServerClock Clock { get; }

    public LoopTimeline Timeline { get; }

    public Channel Channel { get; }

    public FakeEncoder[] Encoders { get; }

    /// <summary>The preset that encoders use from now on.</summary>
    public string Preset { get; set; } = EncoderRun.DefaultPreset;

    public AsyncSignal CatalogChanged { get; } = new();

    public RenditionTrack Low => Channel.VideoTracks[0];

    public RenditionTrack High => Channel.VideoTracks[1];

    public Viewing View(uint selection = 1, StartPoint from = StartPoint.Beginning, double? position = null, double maxBuffer = 4) => new(
        new Select { Selection = selection, Channel = 0, From = from, PositionSeconds = position }, Channel, TimeSpan.FromSeconds(maxBuffer), LargestBatch, Clock.Now);

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _running;
        _stopping.Dispose();
    }
}
