namespace KnSock.Player.Sound;

/// <summary>Estimates when a sample given to a device now would be heard.</summary>
/// <remarks>
/// A device fetches a block at a time, some time before it plays it. The blocks are laid end to end; the end of the row is pulled softly
/// towards where it must lie if the device keeps two blocks, so that neither a late thread nor a clock that runs apart shifts it for long.
/// </remarks>
/// <param name="block">How long a block plays; also the latency of a device that has nothing to play.</param>
internal sealed class DeviceLatency(TimeSpan block)
{
    private const double Pull = 1.0 / 16;
    private TimeSpan? _end;

    /// <summary>The device fetched a block.</summary>
    /// <param name="now">The time.</param>
    /// <param name="filled">How much of it, from its beginning on, is sound; the rest is silence for want of sound.</param>
    public void Fetched(TimeSpan now, TimeSpan filled)
    {
        if (filled <= TimeSpan.Zero)
        {
            _end = null;
            return;
        }

        var usual = now + block;
        var start = _end is { } end ? end + ((usual - end) * Pull) : usual;
        start = start < now ? now : start > usual + block ? usual + block : start;
        _end = start + filled;
    }

    /// <summary>The time from now until a sample that follows those fetched is heard.</summary>
    public TimeSpan At(TimeSpan now) => _end is { } end && end - now > block ? end - now : block;

    /// <summary>The device was stopped and what it had fetched does not count any more.</summary>
    public void Clear() => _end = null;
}
