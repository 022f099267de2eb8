using KnSock.Media;
using KnSock.Protocol.Legacy;
using KnSock.Server.Diagnostics;
using KnSock.Server.Encoding;
using KnSock.Server.Sources;
using KnSock.Server.Store;
using Microsoft.Extensions.Logging;

namespace KnSock.Server.Channels;

/// <summary>Makes the media of sources: timeline, ladder, tracks, what encodes them, and their places in the store.</summary>
/// <param name="options">The server's options.</param>
/// <param name="tools">ffmpeg and ffprobe.</param>
/// <param name="store">The store. Null: there is none.</param>
/// <param name="places">Places for encoders, of all channels.</param>
/// <param name="clock">The server's clock.</param>
/// <param name="metrics">The server's instruments.</param>
/// <param name="logger">The server's log.</param>
internal sealed class ChannelFactory(
    LiveStreamServerOptions options, FfmpegTools tools, RenditionStore? store, EncoderPlaces places, ServerClock clock, ServerMetrics metrics, ILogger logger)
{
    /// <summary>Encoders keep this much ahead of the readers.</summary>
    private static readonly TimeSpan Lead = TimeSpan.FromSeconds(4);

    /// <summary>The most time in which a source's packets are looked at.</summary>
    private static readonly TimeSpan ScanTimeout = TimeSpan.FromSeconds(20);

    private readonly MediaMemory _memory = new(options.MediaMemory);

    /// <summary>The media of a source.</summary>
    /// <param name="name">Name of the channel.</param>
    /// <param name="source">The source.</param>
    /// <param name="isLive">
    /// Whether it is to be encoded while it is watched: then rungs are left out that this machine can neither encode in real time nor has in its store.
    /// </param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<ChannelMedia> CreateAsync(string name, MediaSource source, bool isLive, CancellationToken cancellationToken)
    {
        source = await new PassthroughScan(tools, ScanTimeout, clock, options.Ladder).ExamineAsync(source, cancellationToken);
        var ladder = LadderDerivation.Derive(source, options.Ladder);
        var timeline = source.Passthrough is { } passthrough
            ? new LoopTimeline(ladder.Top.FrameRate, passthrough.FrameCount, passthrough.GopStarts, ladder.Audio.SampleRate)
            : new LoopTimeline(ladder.Top.FrameRate, source.Video.Duration, options.GopLength, ladder.Audio.SampleRate);
        var identity = await SourceIdentity.ReadAsync(source.Path, cancellationToken);
        StoredTrack? Stored(Rendition rendition) => store is null ? null : Place(identity, source, timeline, rendition);
        var rungs = ladder.Video.Select(r => (Rung: r, Stored: Stored(r))).ToList();
        var (sound, lowSound) = (Stored(ladder.Audio), ladder.LowAudio is { } low ? Stored(low) : null);
        foreach (var stored in rungs.Select(r => r.Stored).Append(sound).Append(lowSound).OfType<StoredTrack>())
        {
            stored.SetOffered();
            await stored.RefreshAsync(cancellationToken);
        }

        if (isLive)
        {
            var live = EncodingCapacity.Cap(ladder, source.Video, Environment.ProcessorCount).Video;
            rungs.RemoveAll(r => r.Stored is not { IsComplete: true } && !live.Contains(r.Rung));
            ladder = LeaveOut(ladder, [.. rungs.Select(r => r.Rung)], name);
        }

        EncodeRange Encoder(LoopTimeline loop) => new ChannelEncoder(
            new RenditionEncoder(tools, source, loop, new EncoderSettings { IsUnchanged = () => identity.StillHolds(source.Path), Time = clock.Provider }),
            name, loop, places, clock, metrics, logger).EncodeAsync;
        RenditionTrack Track(Rendition rendition, StoredTrack? stored) => new(rendition, timeline, _memory, LeadGops(timeline), stored);
        return new ChannelMedia
        {
            Name = name,
            Source = source,
            Timeline = timeline,
            Ladder = ladder,
            Encode = Encoder(timeline),
            Video = [.. ladder.Video.Zip(rungs, (rung, offered) => Track(rung, offered.Stored))],
            Audio = Track(ladder.Audio, sound),
            LowAudio = ladder.LowAudio is { } poor ? Track(poor, lowSound) : null,
            // Of all sizes, also those that H.264 is not worth encoding in where the source is its own top rung.
            Legacy = isLive && options.AcceptsLegacyClients
                ? ForLegacy(LadderDerivation.Derive(source.Video, options.Ladder), timeline.WithSampleRate(LegacyAudioFrame.SampleRate), Encoder)
                : null,
        };
    }

    private LegacyMedia ForLegacy(Ladder ladder, LoopTimeline timeline, Func<LoopTimeline, EncodeRange> encoder)
    {
        var sound = new PcmRendition
        {
            Index = 0,
            Name = "samples",
            BitsPerSecond = LegacyAudioFrame.SampleRate * LegacyAudioFrame.BytesPerSample * 8,
            SampleRate = LegacyAudioFrame.SampleRate,
            Channels = LegacyAudioFrame.Channels,
        };
        RenditionTrack Track(Rendition rendition) => new(rendition, timeline, _memory, LeadGops(timeline));
        return new LegacyMedia
        {
            Pictures = [.. JpegLadder.Derive(ladder).Select(Track)],
            Sound = Track(sound),
            Timeline = timeline,
            Encode = encoder(timeline),
        };
    }

    /// <summary>A channel that offers the media from now on.</summary>
    /// <param name="index">Its number in the catalog.</param>
    /// <param name="media">The media.</param>
    /// <param name="writer">Takes what is encoded to the store.</param>
    /// <param name="preset">The preset that encoders are to use.</param>
    /// <param name="catalogChanged">Is told when what the catalog says of it has changed.</param>
    public Channel Open(int index, ChannelMedia media, StoreWriter writer, Func<string> preset, AsyncSignal catalogChanged)
    {
        var feed = new TrackFeederOptions
        {
            Grace = options.Encoding.Grace,
            Writer = writer,
            Preset = preset,
            Now = () => clock.Elapsed,
            Time = clock.Provider,
        };
        TrackFeeder[] feeders =
        [
            .. media.All.Select(t => new TrackFeeder(t, media.Encode, feed, logger)),
            // Of what is not encoded by x264 there is one version: no other preset has its encoders begin anew.
            .. media.Legacy?.All.Select(t => new TrackFeeder(t, media.Legacy.Encode, feed with { Preset = static () => EncoderRun.DefaultPreset }, logger)) ?? [],
        ];
        var channel = new Channel(index, media, feeders, clock.Now, catalogChanged);
        var info = channel.Info;
        Log.ChannelOpened(logger, info.Index, DisplayText.Clean(info.Name), info.Width, info.Height, media.Timeline.FrameRate.ToString(),
            info.DurationSeconds, string.Join(' ', media.Ladder.Video.Select(r => r.Name)));
        if (info.Encoding is { } note)
        {
            Log.ChannelEncoding(logger, DisplayText.Clean(info.Name), note);
        }

        return channel;
    }

    private Ladder LeaveOut(Ladder full, IReadOnlyList<VideoRendition> offered, string name)
    {
        var leftOut = full.Video.Except(offered).Select(r => r.Name).ToArray();
        if (leftOut.Length > 0)
        {
            Log.LadderCapped(logger, DisplayText.Clean(name), string.Join(' ', leftOut));
        }

        return full with { Video = [.. offered.Select((rung, index) => rung with { Index = index })] };
    }

    private int LeadGops(LoopTimeline timeline)
    {
        var gopLength = timeline.GopFrames is null ? timeline.Duration / timeline.GopCount : options.GopLength;
        return Math.Min(Math.Max(2, (int)Math.Ceiling(Lead / gopLength)), Math.Max(1, timeline.GopCount - 1));
    }

    private StoredTrack Place(SourceIdentity identity, MediaSource source, LoopTimeline timeline, Rendition rendition)
    {
        // Presets are for what x264 encodes; of all else there is one version.
        string[] presets = rendition is VideoRendition { IsPassthrough: false } ? EncoderRun.Presets : [EncoderRun.DefaultPreset];
        return new StoredTrack(
            [.. presets.Select(preset => (preset, store!.Open(new RenditionKey
            {
                Source = identity,
                SourcePath = source.Path,
                Name = rendition.Name,
                Settings = EncoderFingerprint.Of(tools, source, timeline, rendition, preset),
                GopCount = timeline.GopCount,
            })))],
            Enumerable.Range(0, timeline.GopCount).Count(gop => timeline.UnitsIn(rendition.Kind, gop) > 0),
            clock.Provider);
    }
}
