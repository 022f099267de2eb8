namespace KnSock.Server.Endpoints.Hls;

/// <summary>What a request for a media playlist waits for: a segment, or a part of one (RFC 8216bis, 6.2.5.2), by the channel's own count.</summary>
/// <param name="Segment">The segment.</param>
/// <param name="Part">The part. Null: all of the segment.</param>
internal readonly record struct ReloadRequest(long Segment, int? Part)
{
    /// <summary>Reads the query.</summary>
    /// <param name="number"><c>_HLS_msn</c>. Null: it is not there.</param>
    /// <param name="part"><c>_HLS_part</c>. Null: it is not there.</param>
    /// <param name="broadcast">The channel's count.</param>
    /// <param name="plan">The channel's segments.</param>
    /// <param name="request">What is asked for. Null: nothing special.</param>
    /// <returns>False: it is malformed.</returns>
    public static bool TryRead(string? number, string? part, BroadcastIdentity broadcast, SegmentPlan plan, out ReloadRequest? request)
    {
        request = null;
        if (number is null)
        {
            return part is null;
        }

        if (!HlsNumbers.TryRead(number, out var msn) || (part is not null && !HlsNumbers.TryRead(part, out _)))
        {
            return false;
        }

        // What lies before this broadcast is long there.
        var segment = Math.Max(0, broadcast.SegmentOf(msn));
        if (part is null)
        {
            request = new ReloadRequest(segment, Part: null);
            return true;
        }

        _ = HlsNumbers.TryRead(part, out var index);
        // A part that the segment does not have is the first of the next.
        request = index < plan[segment].Parts ? new ReloadRequest(segment, (int)index) : new ReloadRequest(segment + 1, 0);
        return true;
    }

    /// <summary>Whether no playlist will list it soon, so that waiting for it is of no use.</summary>
    /// <param name="liveSegment">The segment that the live edge lies in.</param>
    public bool IsTooFarAhead(long liveSegment) => Segment > liveSegment + 1;

    /// <summary>Whether a listing has it.</summary>
    public bool IsIn(Listing listing) => Part is { } part ? listing.Holds(Segment, part) : listing.Holds(Segment);
}
