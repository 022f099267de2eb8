namespace KnSock.Fanout.Load;

/// <summary>How playout went. Times in microseconds.</summary>
/// <param name="Stalls">How often it ran dry.</param>
/// <param name="StallTime">For how long it stood still after that.</param>
/// <param name="TimeBelowTarget">For how long less than the target lay ready while it played.</param>
/// <param name="LeastBuffer">The least that lay ready.</param>
public readonly record struct PlayoutFigures(int Stalls, long StallTime, long TimeBelowTarget, long LeastBuffer);
