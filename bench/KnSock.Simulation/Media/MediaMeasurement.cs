using KnSock.Media;
using KnSock.Server;
using KnSock.Server.Encoding;
using KnSock.Server.Sources;

namespace KnSock.Simulation.Media;

/// <summary>Finds out what a video weighs, by having the production server's encoder make all its rungs.</summary>
internal static class MediaMeasurement
{
    private static readonly TimeSpan GopLength = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ProbeTimeout = TimeSpan.FromSeconds(10);

    /// <summary>Encodes a video in all rungs of its ladder and keeps the sizes.</summary>
    /// <exception cref="SimulationException">It cannot be encoded.</exception>
    public static async Task<MediaSizes> MeasureAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            var tools = await FfmpegTools.FindAsync(cancellationToken);
            var source = await new SourceProber(tools, ProbeTimeout, new ServerClock(TimeProvider.System)).ProbeAsync(path, cancellationToken);
            var ladder = LadderDerivation.Derive(source, new LadderOptions());
            var timeline = new LoopTimeline(ladder.Top.FrameRate, source.Video.Duration, GopLength, ladder.Audio.SampleRate);
            var encoder = new RenditionEncoder(tools, source, timeline, new EncoderSettings());
            var pictures = await EncodeAsync(encoder, timeline, ladder.Video, cancellationToken);
            var sound = await EncodeAsync(encoder, timeline, [ladder.Audio], cancellationToken);
            return new MediaSizes
            {
                FrameRate = timeline.FrameRate,
                GopFrames = timeline.GopFrames!.Value,
                Rungs = [.. ladder.Video.Select(r => RungOf(r, timeline, pictures[r.Index]))],
                SoundBitsPerSecond = ladder.Audio.BitsPerSecond,
                Sound = [.. sound[0].Select(u => u.Payload.Length)],
            };
        }
        catch (Exception e) when (e is LiveStreamServerException or EncoderException)
        {
            throw new SimulationException($"{path}: {e.Message}", e);
        }
    }

    private static async Task<List<AccessUnit>[]> EncodeAsync(
        RenditionEncoder encoder, LoopTimeline timeline, IReadOnlyList<Rendition> renditions, CancellationToken cancellationToken)
    {
        var units = renditions.Select(_ => new List<AccessUnit>()).ToArray();
        var run = new EncoderRun { Renditions = renditions, FirstGop = 0, EndGop = timeline.GopCount };
        await foreach (var encoded in encoder.EncodeAsync(run, cancellationToken))
        {
            units[encoded.Rendition].Add(encoded.Unit);
        }

        return units;
    }

    private static RungSizes RungOf(VideoRendition rendition, LoopTimeline timeline, List<AccessUnit> units) => new()
    {
        Name = rendition.Name,
        Width = rendition.Width,
        Height = rendition.Height,
        BitsPerSecond = rendition.BitsPerSecond,
        Pictures = [.. units.Select(u => new PictureSize(u.Payload.Length, (int)(timeline.FrameRate.FrameAt(u.Pts) - u.Sequence)))],
    };
}
