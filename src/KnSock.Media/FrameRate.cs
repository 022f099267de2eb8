namespace KnSock.Media;

/// <summary>A constant frame rate as an exact fraction, such as 24000/1001.</summary>
/// <param name="Numerator">Frames in <paramref name="Denominator"/> seconds; positive.</param>
/// <param name="Denominator">Seconds; positive.</param>
public readonly record struct FrameRate(int Numerator, int Denominator)
{
    /// <summary>Frames a second.</summary>
    public double PerSecond => (double)Numerator / Denominator;

    /// <summary>The exact start of frame <paramref name="frame"/>, rounded to a microsecond only once.</summary>
    public Timestamp StartOf(long frame) => Timestamp.FromUnits(frame * Denominator, Numerator);

    /// <summary>The number of the frame that is shown at <paramref name="time"/>.</summary>
    public long FrameAt(Timestamp time)
    {
        var frame = (long)((Int128)time.Microseconds * Numerator / ((Int128)Denominator * 1_000_000));
        // StartOf rounds to the nearest microsecond, so the division may be one off at a frame's very start.
        return StartOf(frame + 1) <= time ? frame + 1 : frame;
    }

    /// <inheritdoc/>
    public override string ToString() => Denominator == 1 ? $"{Numerator}" : $"{Numerator}/{Denominator}";
}
