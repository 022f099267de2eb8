namespace KnSock.Media;

/// <summary>A point on a media timeline, in whole microseconds. Differences are <see cref="TimeSpan"/>s.</summary>
/// <remarks>
/// One unit is used from the MP4 reader to the screen, so that no step rounds twice. A microsecond is a fiftieth of a sample at 48 kHz.
/// </remarks>
/// <param name="Microseconds">Microseconds since the timeline's zero; may be negative.</param>
public readonly record struct Timestamp(long Microseconds) : IComparable<Timestamp>
{
    /// <summary>The zero of the timeline.</summary>
    public static Timestamp Zero => default;

    /// <summary>The point <paramref name="span"/> after zero.</summary>
    public static Timestamp FromTimeSpan(TimeSpan span) => new(span.Ticks / TimeSpan.TicksPerMicrosecond);

    /// <summary>The point <paramref name="seconds"/> after zero.</summary>
    public static Timestamp FromSeconds(double seconds) => new((long)Math.Round(seconds * 1e6));

    /// <summary>The exact point of <paramref name="units"/> units of 1/<paramref name="timescale"/> s, rounded to the nearest microsecond.</summary>
    /// <param name="units">Number of units; may be negative.</param>
    /// <param name="timescale">Units a second, positive (ISO 14496-12, 8.4.2).</param>
    public static Timestamp FromUnits(long units, long timescale) => new(RoundedDivide((Int128)units * 1_000_000, timescale));

    /// <summary>Seconds since zero.</summary>
    public double TotalSeconds => Microseconds / 1e6;

    /// <summary>The time since zero.</summary>
    public TimeSpan SinceZero => TimeSpan.FromTicks(Microseconds * TimeSpan.TicksPerMicrosecond);

    /// <summary>The nearest whole number of units of 1/<paramref name="timescale"/> s.</summary>
    public long ToUnits(long timescale) => RoundedDivide((Int128)Microseconds * timescale, 1_000_000);

    /// <inheritdoc/>
    public int CompareTo(Timestamp other) => Microseconds.CompareTo(other.Microseconds);

    /// <inheritdoc/>
    public override string ToString() => $"{TotalSeconds:0.000000}s";

    /// <summary>The later of two points.</summary>
    public static Timestamp Max(Timestamp a, Timestamp b) => a > b ? a : b;

    /// <summary>The earlier of two points.</summary>
    public static Timestamp Min(Timestamp a, Timestamp b) => a < b ? a : b;

    /// <summary>A point later by <paramref name="span"/>.</summary>
    public static Timestamp operator +(Timestamp t, TimeSpan span) => new(t.Microseconds + (span.Ticks / TimeSpan.TicksPerMicrosecond));

    /// <summary>A point earlier by <paramref name="span"/>.</summary>
    public static Timestamp operator -(Timestamp t, TimeSpan span) => new(t.Microseconds - (span.Ticks / TimeSpan.TicksPerMicrosecond));

    /// <summary>The time from <paramref name="earlier"/> to <paramref name="later"/>.</summary>
    public static TimeSpan operator -(Timestamp later, Timestamp earlier) =>
        TimeSpan.FromTicks((later.Microseconds - earlier.Microseconds) * TimeSpan.TicksPerMicrosecond);

    /// <summary>Whether <paramref name="a"/> comes before <paramref name="b"/>.</summary>
    public static bool operator <(Timestamp a, Timestamp b) => a.Microseconds < b.Microseconds;

    /// <summary>Whether <paramref name="a"/> comes after <paramref name="b"/>.</summary>
    public static bool operator >(Timestamp a, Timestamp b) => a.Microseconds > b.Microseconds;

    /// <summary>Whether <paramref name="a"/> does not come after <paramref name="b"/>.</summary>
    public static bool operator <=(Timestamp a, Timestamp b) => a.Microseconds <= b.Microseconds;

    /// <summary>Whether <paramref name="a"/> does not come before <paramref name="b"/>.</summary>
    public static bool operator >=(Timestamp a, Timestamp b) => a.Microseconds >= b.Microseconds;

    private static long RoundedDivide(Int128 value, long divisor)
    {
        var half = divisor / 2;
        return (long)((value >= 0 ? value + half : value - half) / divisor);
    }
}
