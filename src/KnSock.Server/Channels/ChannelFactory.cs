using System.Runtime.CompilerServices;
using KnSock.Media;
using KnSock.Server.Diagnostics;
using KnSock.Server.Encoding;
using KnSock.Server.Sources;
using Microsoft.Extensions.Logging;

namespace KnSock.Server.Channels;

/// <summary>Makes channels of sources: timeline, ladder, tracks, and what encodes them.</summary>
/// <param name="options">The server's options.</param>
/// <param name="tools">ffmpeg and ffprobe.</param>
/// <param name="encoderPlaces">A place for each encoder that may run at a time, of all channels.</param>
/// <param name="clock">The server's clock.</param>
/// <param name="metrics">The server's instruments.</param>
/// <param name="logger">The server's log.</param>
internal sealed class ChannelFactory(
    LiveStreamServerOptions options, FfmpegTools tools, SemaphoreSlim encoderPlaces, ServerClock clock, ServerMetrics metrics, ILogger logger)
{
    /// <summary>Encoders keep this much ahead of the readers.</summary>
    private static readonly TimeSpan Lead = TimeSpan.FromSeconds(4);

    private static readonly TimeSpan ProgressInterval = TimeSpan.FromSeconds(5);

    private readonly MediaMemory _memory = new(options.MediaMemory);

    public Channel Create(int index, string name, MediaSource source)
    {
        var full = LadderDerivation.Derive(source.Video, options.Ladder);
        var ladder = EncodingCapacity.Cap(full, source.Video, Environment.ProcessorCount);
        var timeline = new LoopTimeline(ladder.Top.FrameRate, source.Video.Duration, options.GopLength, ladder.Audio.SampleRate);
        var feeders = new List<TrackFeeder>();
        var video = ladder.Video.Select(r => Track(name, source, timeline, r, feeders)).ToArray();
        var audio = Track(name, source, timeline, ladder.Audio, feeders);
        var channel = new Channel(index, name, source, timeline, ladder, new ChannelTracks(video, audio, feeders), clock.Now);
        Announce(channel, full);
        return channel;
    }

    private RenditionTrack Track(string channel, MediaSource source, LoopTimeline timeline, Rendition rendition, List<TrackFeeder> feeders)
    {
        var leadGops = Math.Min(Math.Max(2, (int)Math.Ceiling(Lead / options.GopLength)), Math.Max(1, timeline.GopCount - 1));
        var track = new RenditionTrack(rendition, timeline, _memory, leadGops);
        var encoder = new RenditionEncoder(tools, source, timeline, new EncoderSettings { Time = clock.Provider });
        feeders.Add(new TrackFeeder(
            track,
            timeline.GopCount,
            (firstGop, token) =>
            {
                var run = new EncoderRun { Renditions = [rendition], FirstGop = firstGop, EndGop = timeline.GopCount };
                return Watched(encoder.EncodeAsync(run, token), channel, track, timeline.GopStart(firstGop), token);
            },
            new TrackFeederOptions { Grace = options.EncoderGrace, Time = clock.Provider },
            logger));
        return track;
    }

    /// <summary>Begins a run when a place is free, counts it and logs how it gets on.</summary>
    private async IAsyncEnumerable<EncodedUnit> Watched(
        IAsyncEnumerable<EncodedUnit> run, string channel, RenditionTrack track, Timestamp start, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var rendition = track.Rendition;
        channel = DisplayText.Clean(channel);
        if (encoderPlaces.CurrentCount == 0)
        {
            Log.EncoderWaits(logger, channel, rendition.Name, options.MaxEncoders);
        }

        await encoderPlaces.WaitAsync(cancellationToken);
        metrics.EncoderStarted(rendition);
        Log.EncoderStarted(logger, channel, rendition.Name, start.TotalSeconds);
        var (began, told, made) = (clock.Elapsed, clock.Elapsed, TimeSpan.Zero);
        try
        {
            await foreach (var unit in run)
            {
                yield return unit;
                made += unit.Unit.Duration;
                if (clock.Elapsed - told >= ProgressInterval)
                {
                    told = clock.Elapsed;
                    Log.EncoderProgress(logger, channel, rendition.Name, track.PercentReady, made / (told - began));
                }
            }
        }
        finally
        {
            encoderPlaces.Release();
            metrics.EncoderEnded();
            Log.EncoderEnded(logger, channel, rendition.Name, made.TotalSeconds, made / (clock.Elapsed - began), track.PercentReady);
        }
    }

    private void Announce(Channel channel, Ladder full)
    {
        var info = channel.Info;
        Log.ChannelOpened(logger, info.Index, DisplayText.Clean(info.Name), info.Width, info.Height, channel.Timeline.FrameRate.ToString(),
            info.DurationSeconds, string.Join(' ', channel.Ladder.Video.Select(r => r.Name)));
        var leftOut = full.Video.Except(channel.Ladder.Video).Select(r => r.Name).ToArray();
        if (leftOut.Length > 0)
        {
            Log.LadderCapped(logger, DisplayText.Clean(info.Name), string.Join(' ', leftOut));
        }
    }
}
