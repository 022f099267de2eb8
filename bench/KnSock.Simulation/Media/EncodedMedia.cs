using KnSock.Media;
using KnSock.Server;
using KnSock.Server.Encoding;
using KnSock.Server.Sources;

namespace KnSock.Simulation.Media;

/// <summary>A video as the production server encodes it, whole, in all rungs of its ladder.</summary>
internal sealed record EncodedMedia
{
    private static readonly TimeSpan GopLength = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ProbeTimeout = TimeSpan.FromSeconds(10);

    /// <summary>Its rungs.</summary>
    public required Ladder Ladder { get; init; }

    /// <summary>Its turns, frames and GOPs.</summary>
    public required LoopTimeline Timeline { get; init; }

    /// <summary>The pictures of each rung, in decoding order.</summary>
    public required IReadOnlyList<IReadOnlyList<EncodedUnit>> Pictures { get; init; }

    /// <summary>The sound.</summary>
    public required IReadOnlyList<EncodedUnit> Sound { get; init; }

    /// <summary>Encodes a video.</summary>
    /// <exception cref="SimulationException">It cannot be encoded.</exception>
    public static async Task<EncodedMedia> EncodeAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            var tools = await FfmpegTools.FindAsync(cancellationToken);
            var source = await new SourceProber(tools, ProbeTimeout, new ServerClock(TimeProvider.System)).ProbeAsync(path, cancellationToken);
            var ladder = LadderDerivation.Derive(source, new LadderOptions());
            var timeline = new LoopTimeline(ladder.Top.FrameRate, source.Video.Duration, GopLength, ladder.Audio.SampleRate);
            var encoder = new RenditionEncoder(tools, source, timeline, new EncoderSettings());
            return new EncodedMedia
            {
                Ladder = ladder,
                Timeline = timeline,
                Pictures = await EncodeAsync(encoder, timeline, ladder.Video, cancellationToken),
                Sound = (await EncodeAsync(encoder, timeline, [ladder.Audio], cancellationToken))[0],
            };
        }
        catch (Exception e) when (e is LiveStreamServerException or EncoderException)
        {
            throw new SimulationException($"{path}: {e.Message}", e);
        }
    }

    private static async Task<List<EncodedUnit>[]> EncodeAsync(
        RenditionEncoder encoder, LoopTimeline timeline, IReadOnlyList<Rendition> renditions, CancellationToken cancellationToken)
    {
        var units = renditions.Select(_ => new List<EncodedUnit>()).ToArray();
        var run = new EncoderRun { Renditions = renditions, FirstGop = 0, EndGop = timeline.GopCount };
        await foreach (var encoded in encoder.EncodeAsync(run, cancellationToken))
        {
            units[encoded.Rendition].Add(encoded);
        }

        return units;
    }
}
