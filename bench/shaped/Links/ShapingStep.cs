namespace KnSock.Shaped.Links;

/// <summary>What a token bucket is set to at a moment of a trace.</summary>
/// <param name="At">The moment, since the trace's beginning.</param>
/// <param name="Kbps">What the trace says.</param>
/// <param name="BitsPerSecond">Rate of the bucket.</param>
/// <param name="Burst">What it holds, bytes.</param>
internal readonly record struct ShapingStep(TimeSpan At, double Kbps, long BitsPerSecond, long Burst);
