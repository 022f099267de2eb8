namespace KnSock.Server.Adaptation;

/// <summary>
/// How much time to spare a viewer has before the next GOP is due, and how that changes when a GOP is sent over a link of a constant rate. The same arithmetic serves both
/// regimes: with read-ahead the most that there can be is the largest buffer, at the live edge it is the delay, because nothing is there to be sent sooner.
/// </summary>
/// <param name="Seconds">From the moment when the link is free until the next GOP's first picture is due.</param>
internal readonly record struct PlannedSlack(double Seconds)
{
    /// <summary>Sends a GOP.</summary>
    /// <param name="gop">The GOP.</param>
    /// <param name="rung">In this rung.</param>
    /// <param name="bitsPerSecond">What the link carries.</param>
    /// <param name="most">The most slack that there can be, seconds.</param>
    /// <param name="stall">For how long playout has to wait, seconds.</param>
    /// <returns>The slack behind it.</returns>
    public PlannedSlack Send(GopOutlook gop, int rung, double bitsPerSecond, double most, out double stall)
    {
        var whole = gop.Bytes[rung] * 8 / bitsPerSecond;
        var keyframe = gop.KeyframeBytes[rung] * 8 / bitsPerSecond;
        var after = Seconds + gop.Duration.TotalSeconds - whole;
        // Between keyframe and end lateness grows or shrinks evenly, so it is worst at one of them.
        stall = Math.Max(0, Math.Max(keyframe - Seconds, -after));
        return new PlannedSlack(Math.Min(most, after + stall));
    }
}
