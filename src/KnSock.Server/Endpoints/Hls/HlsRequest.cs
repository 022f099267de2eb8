using System.Buffers;
using KnSock.Media;
using KnSock.Media.Mp4;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace KnSock.Server.Endpoints.Hls;

/// <summary>A request that is about one rendition.</summary>
internal readonly struct HlsRequest(HttpContext context, HlsTrack track)
{
    // A cold rung has to be encoded from some segments back; who waits longer asks again.
    private static readonly TimeSpan PatienceForFirst = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan PatienceForMedia = TimeSpan.FromSeconds(8);

    // What a playlist no longer lists may still be asked for by those who read it before.
    private const int SegmentsKept = 2 * ListingWindow.MostSegments;

    private HlsChannel Channel => track.Channel;

    /// <summary>Answers with the playlist, at once or when it has what is asked for.</summary>
    public async Task AnswerPlaylistAsync(CancellationToken cancellationToken)
    {
        var (query, plan) = (context.Request.Query, Channel.Plan);
        if (!ReloadRequest.TryRead(Text(query["_HLS_msn"]), Text(query["_HLS_part"]), Channel.Broadcast, plan, out var reload)
            || reload?.IsTooFarAhead(plan.SegmentAt(Channel.LiveFrame).Number) == true)
        {
            HlsAnswers.Refuse(context, StatusCodes.Status400BadRequest);
            return;
        }

        var three = 3 * plan.TargetDuration;
        var listing = reload is { } wanted
            ? await track.ListAsync(l => l.End > l.First && wanted.IsIn(l), TimeSpan.FromSeconds(three), cancellationToken)
            : await track.ListAsync(PatienceForFirst, cancellationToken);
        if (listing is { } there)
        {
            // A query that names a part is never asked again once all have gone on; the bare address is, by whoever comes.
            await HlsAnswers.PlaylistAsync(context, Channel.Playlist(track, there), reload is null ? 1 : three);
        }
        else
        {
            HlsAnswers.Refuse(context, StatusCodes.Status503ServiceUnavailable);
        }
    }

    /// <summary>Answers with the initialisation segment.</summary>
    public async Task AnswerInitAsync(CancellationToken cancellationToken)
    {
        if (track.Init is null)
        {
            await track.ListAsync(PatienceForFirst, cancellationToken);
        }

        if (track.Init is not { } init)
        {
            HlsAnswers.Refuse(context, StatusCodes.Status503ServiceUnavailable);
            return;
        }

        var bytes = new ArrayBufferWriter<byte>();
        new Fmp4Writer(bytes).WriteInit(init as VideoConfiguration, init as AudioConfiguration);
        context.Response.Headers.CacheControl = HlsAnswers.Immutable(context);
        await HlsAnswers.BytesAsync(context, bytes.WrittenMemory, Type);
    }

    /// <summary>Answers with a segment or a part; what comes next may be asked for beforehand.</summary>
    public async Task AnswerSegmentAsync(CancellationToken cancellationToken)
    {
        if (Parts() is not var (segment, first, count) || !IsInReach(segment.PartStart(first), segment.PartStart(first + count)))
        {
            HlsAnswers.Refuse(context, StatusCodes.Status404NotFound);
            return;
        }

        while (Channel.Until(segment.PartStart(first + count)) is var wait && wait > TimeSpan.Zero)
        {
            await Task.Delay(wait + TimeSpan.FromMilliseconds(1), track.Clock.Provider, cancellationToken);
        }

        var media = await track.MediaAsync([.. Channel.Plan.Fragments(track.Kind, segment, first, count)], PatienceForMedia, cancellationToken);
        if (media is null || track.Init is not { } init)
        {
            HlsAnswers.Refuse(context, StatusCodes.Status503ServiceUnavailable);
            return;
        }

        var number = Channel.Plan.FragmentsBefore(track.Kind, segment, first) + 1;
        var fragments = new FragmentSequence(Channel.Channel.Timeline, Channel.Broadcast.MediaStart, init, media, number, context.Response.BodyWriter);
        await HlsAnswers.MediaAsync(context, fragments, Type);
    }

    private string Type => track.Kind == TrackKind.Video ? "video/mp4" : "audio/mp4";

    /// <summary>The parts of a segment that are asked for. Null: the numbers are none.</summary>
    private (HlsSegment Segment, int First, int Count)? Parts()
    {
        if (!HlsNumbers.TryRead(context.GetRouteValue("number") as string, out var number) || Channel.Broadcast.SegmentOf(number) is not (>= 0 and var index))
        {
            return null;
        }

        var segment = Channel.Plan[index];
        if (context.GetRouteValue("part") is not string name)
        {
            return (segment, 0, segment.Parts);
        }

        return HlsNumbers.TryRead(name, out var part) && part < segment.Parts ? (segment, (int)part, 1) : null;
    }

    /// <summary>Whether it was listed not long ago, or is at most the next part: who asks for that is served when it is there.</summary>
    private bool IsInReach(long first, long end)
    {
        var (plan, live) = (Channel.Plan, Channel.LiveFrame);
        return end <= plan.NextCut(plan.NextCut(live)) && plan.SegmentAt(live).Number - plan.SegmentAt(first).Number <= SegmentsKept;
    }

    private static string? Text(Microsoft.Extensions.Primitives.StringValues values) => values.Count == 0 ? null : values.ToString();
}
