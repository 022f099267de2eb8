namespace KnSock.Server.Endpoints.Hls;

/// <summary>
/// Follows the live edge through what is encoded of one rendition, and says what a playlist may list of it and which GOP is to be encoded next. Only GOPs that are whole are listed, also
/// by their parts: encoders are ahead of the live edge, and what one that failed has left behind is never shown. Holds no clock.
/// </summary>
internal sealed class ListingWindow
{
    /// <summary>Whole segments that a playlist lists at most.</summary>
    public const int MostSegments = 12;

    // Who knows nothing of parts stays three target durations behind the end, and may come from another rung in the middle of a segment.
    private const int SegmentsAtStart = 4;

    // Further behind than all that a playlist lists: who reads it has nothing to play anyway.
    private const int MostSegmentsBehind = MostSegments;

    private readonly SegmentPlan _plan;
    private long _first;

    /// <summary>Begins a few segments behind the live edge, so that players find what they begin with.</summary>
    /// <param name="plan">The channel's segments.</param>
    /// <param name="liveFrame">Frames that lie before the live edge.</param>
    public ListingWindow(SegmentPlan plan, long liveFrame)
    {
        _plan = plan;
        StartBehind(liveFrame);
    }

    /// <summary>The first GOP, counted from the channel's zero, that is not known to be encoded, but none beyond the live edge.</summary>
    public long NextGop { get; private set; }

    /// <summary>Takes in what is encoded by now.</summary>
    /// <param name="liveFrame">Frames that lie before the live edge.</param>
    /// <param name="isReady">Whether a GOP is encoded as a whole.</param>
    public Listing Advance(long liveFrame, Func<long, bool> isReady)
    {
        var liveGop = _plan.GopOf(liveFrame);
        if (_plan.SegmentAt(liveFrame).Number - _plan.SegmentAt(_plan.FirstFrame(NextGop)).Number > MostSegmentsBehind)
        {
            StartBehind(liveFrame);
        }

        while (NextGop < liveGop && isReady(NextGop))
        {
            NextGop++;
        }

        var isCurrent = NextGop == liveGop && isReady(liveGop);
        var end = isCurrent ? liveFrame : _plan.FirstFrame(NextGop);
        var segment = _plan.SegmentAt(end);
        return new Listing(Math.Max(_first, segment.Number - MostSegments), segment.Number, segment.PartsBefore(end), isCurrent);
    }

    private void StartBehind(long liveFrame)
    {
        _first = Math.Max(0, _plan.SegmentAt(liveFrame).Number - SegmentsAtStart);
        NextGop = _plan.GopOf(_plan[_first].FirstFrame);
    }
}
