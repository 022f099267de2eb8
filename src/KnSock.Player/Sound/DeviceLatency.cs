namespace KnSock.Player.Sound;

/// <summary>Estimates how much of the sound that a device has fetched is still to be heard.</summary>
/// <remarks>
/// A device fetches a block at a time, some time before it plays it. The blocks are laid end to end; the end of the row is pulled softly
/// towards where it must lie if the device keeps two blocks, so that neither a late thread nor a clock that runs apart shifts it for long.
/// </remarks>
internal sealed class DeviceLatency
{
    private const double Pull = 1.0 / 16;
    private TimeSpan _end;
    private bool _running;

    /// <summary>The device fetched a block.</summary>
    /// <param name="now">The time.</param>
    /// <param name="block">How long the block plays.</param>
    /// <param name="filled">How much of it, from its beginning on, is sound; the rest is silence for want of sound.</param>
    public void Fetched(TimeSpan now, TimeSpan block, TimeSpan filled)
    {
        if (filled <= TimeSpan.Zero)
        {
            _running = false;
            return;
        }

        var usual = now + block;
        var start = _running ? _end + ((usual - _end) * Pull) : usual;
        start = start < now ? now : start > usual + block ? usual + block : start;
        _end = start + filled;
        _running = filled >= block;
    }

    /// <summary>Sound fetched and not heard yet.</summary>
    public TimeSpan Remaining(TimeSpan now) => _end > now ? _end - now : TimeSpan.Zero;

    /// <summary>The device was stopped and what it had fetched is lost.</summary>
    public void Clear() => (_end, _running) = (TimeSpan.Zero, false);
}
