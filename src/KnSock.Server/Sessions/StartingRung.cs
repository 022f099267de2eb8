using KnSock.Media;
using KnSock.Server.Channels;

namespace KnSock.Server.Sessions;

/// <summary>The rung that a viewing begins with, before anything is known of how it goes.</summary>
internal static class StartingRung
{
    /// <summary>What a viewer begins with at the most: what nearly every link carries, so that the first picture is there soon; from there it is at the top within a second or two.</summary>
    private const double FirstRate = 1_000_000;

    /// <summary>
    /// The one that the user has chosen; otherwise the best that costs no wait and is not too much for most links, or for this one as far as is known; otherwise the same, which is
    /// encoded soonest.
    /// </summary>
    /// <param name="viewing">What begins.</param>
    /// <param name="client">How its rung is limited by its client.</param>
    /// <param name="before">The rung that the same viewer had of the same channel until now. Null: none.</param>
    /// <param name="rates">The rungs' rates on the wire, bit/s.</param>
    public static int Of(Viewing viewing, ClientLimits client, int? before, IReadOnlyList<double> rates)
    {
        if (client.Chosen is { } chosen)
        {
            return chosen;
        }

        RenditionTrack[] offered = [.. viewing.Channel.VideoTracks.Where(t => t.Rendition.Index == 0 || client.Rungs[t.Rendition.Index] is null)];
        var ready = offered.LastOrDefault(
            t => IsThere(t, viewing.Gop) && (before is { } known ? t.Rendition.Index <= known : rates[t.Rendition.Index] <= FirstRate));
        var cold = offered.LastOrDefault(t => t.Rendition.Index <= (before ?? int.MaxValue) && rates[t.Rendition.Index] <= FirstRate);
        return (ready ?? cold ?? offered[0]).Rendition.Index;
    }

    /// <summary>Whether a GOP is encoded, or need not be.</summary>
    public static bool IsThere(RenditionTrack track, int gop) =>
        track.ReadyUnits(gop) > 0 || track.Stored?.Has(gop) == true || track.Rendition is VideoRendition { IsPassthrough: true };
}
