namespace KnSock.Client.Playout;

/// <summary>Judges how fast a track fills while playout waits for it, and asks for a cushion where that is hardly faster than it plays.</summary>
/// <remarks>
/// On a link that carries little more than the rung needs, playout that starts with the least stalls again at the next large picture. Waiting for
/// a second of media once is seen less. Where there is no read-ahead the pace is that of the source, and there is no cushion to be had.
/// </remarks>
/// <param name="readAhead">How far ahead of playout the server may send.</param>
internal sealed class FillPace(TimeSpan readAhead)
{
    private static readonly TimeSpan Cushion = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LeastReadAhead = Cushion * 4;

    /// <summary>Media seconds a second from which the least is enough.</summary>
    private const double Brisk = 1.5;

    private TimeSpan? _since;
    private TimeSpan _from;

    /// <summary>What should be there before playout runs, beyond what the user asked for.</summary>
    /// <param name="level">Media that lies ready.</param>
    /// <param name="isWaiting">Whether playout waits for media.</param>
    /// <param name="now">The present time.</param>
    public TimeSpan CushionAt(TimeSpan level, bool isWaiting, TimeSpan now)
    {
        if (!isWaiting || level <= TimeSpan.Zero || readAhead < LeastReadAhead)
        {
            _since = null;
            return TimeSpan.Zero;
        }

        if (_since is not { } since)
        {
            (_since, _from) = (now, level);
            return TimeSpan.Zero;
        }

        return level - _from < (now - since) * Brisk ? Cushion : TimeSpan.Zero;
    }
}
