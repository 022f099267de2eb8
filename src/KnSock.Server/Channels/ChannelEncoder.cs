using System.Runtime.CompilerServices;
using KnSock.Media;
using KnSock.Server.Diagnostics;
using KnSock.Server.Encoding;
using KnSock.Server.Sources;
using Microsoft.Extensions.Logging;

namespace KnSock.Server.Channels;

/// <summary>A channel's encoder: begins a run when a place is free, counts it, and logs how it gets on.</summary>
/// <param name="encoder">What encodes.</param>
/// <param name="channel">Name of the channel, for the log.</param>
/// <param name="timeline">The channel's timeline.</param>
/// <param name="places">Places for encoders, of all channels.</param>
/// <param name="clock">The server's clock.</param>
/// <param name="metrics">The server's instruments.</param>
/// <param name="logger">The server's log.</param>
internal sealed class ChannelEncoder(
    RenditionEncoder encoder, string channel, LoopTimeline timeline, EncoderPlaces places, ServerClock clock, ServerMetrics metrics, ILogger logger)
{
    private static readonly TimeSpan ProgressInterval = TimeSpan.FromSeconds(5);

    private readonly string _channel = DisplayText.Clean(channel);

    /// <summary>As <see cref="RenditionEncoder.EncodeAsync"/>.</summary>
    public async IAsyncEnumerable<EncodedUnit> EncodeAsync(EncoderRun run, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var names = string.Join(' ', run.Renditions.Select(r => r.Name));
        if (places.AreTaken)
        {
            Log.EncoderWaits(logger, _channel, names, places.Limit);
        }

        await places.TakeAsync(cancellationToken);
        metrics.EncoderStarted(run.Renditions[0]);
        Log.EncoderStarted(logger, _channel, names, timeline.GopStart(run.FirstGop).TotalSeconds);
        var (began, told, made) = (clock.Elapsed, clock.Elapsed, TimeSpan.Zero);
        try
        {
            await foreach (var unit in encoder.EncodeAsync(run, cancellationToken))
            {
                yield return unit;
                made += unit.Rendition == 0 ? unit.Unit.Duration : TimeSpan.Zero;
                if (clock.Elapsed - told >= ProgressInterval)
                {
                    told = clock.Elapsed;
                    Log.EncoderProgress(logger, _channel, names, unit.Unit.End.TotalSeconds, made / (told - began));
                }
            }
        }
        finally
        {
            places.GiveBack();
            metrics.EncoderEnded();
            Log.EncoderEnded(logger, _channel, names, made.TotalSeconds, made / (clock.Elapsed - began));
        }
    }
}
