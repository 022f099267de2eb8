namespace KnSock.Player.Sound;

/// <summary>Estimates when a sample that a device fetches next will be heard.</summary>
/// <remarks>
/// A device fetches a block at a time, some time before it plays it. The blocks are laid end to end; the end of the row is pulled softly
/// towards where it must lie if the device keeps two blocks, so that neither a late thread nor a clock that runs apart shifts it for long.
/// </remarks>
/// <param name="block">How long a block plays; also the latency of a device that has fetched nothing lately.</param>
internal sealed class DeviceLatency(TimeSpan block)
{
    private const double Pull = 1.0 / 16;
    private TimeSpan? _end;

    /// <summary>The device fetched a block.</summary>
    /// <param name="now">The time.</param>
    public void Fetched(TimeSpan now)
    {
        var usual = now + block;
        var start = _end is { } end ? end + ((usual - end) * Pull) : usual;
        start = start < now ? now : start > usual + block ? usual + block : start;
        _end = start + block;
    }

    /// <summary>The time from now until a sample that follows those fetched is heard.</summary>
    public TimeSpan At(TimeSpan now) => _end is { } end && end - now > block ? end - now : block;
}
