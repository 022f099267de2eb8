namespace KnSock.Server.Adaptation;

/// <summary>What a link carries.</summary>
/// <param name="BitsPerSecond">The rate; null before anything is known.</param>
/// <param name="IsCapacity">True: the link carries this and no more. False: it carries at least this.</param>
/// <param name="Busy">For how long without a break bytes have been waiting.</param>
/// <param name="Usual">What it carried in the last half minute or so: while bytes were waiting what came through, at other times what it was known to carry at least; null before anything is known.</param>
/// <param name="Deviation">
/// By how much what it carried was off what is usual, as a logarithm, in the mean of the last half minute or so in which bytes were waiting: 0.1 is a tenth; null if that is not known.
/// </param>
/// <param name="Dead">For how long nothing has come through of what was waiting. Zero: it carries something.</param>
/// <param name="MeanDead">For how long it takes to come back when it is dead, on the average of what was seen of this link and of others. Null: that is not known.</param>
/// <param name="MeanDip">The same for when it carries less than half of what is usual, but something.</param>
/// <param name="FallShare">In what share of seconds it falls to much less than it was known to carry, on the average of what was seen of this link and of others. Null: that is not known.</param>
internal readonly record struct LinkEstimate(
    double? BitsPerSecond,
    bool IsCapacity,
    TimeSpan Busy,
    double? Usual = null,
    double? Deviation = null,
    TimeSpan Dead = default,
    TimeSpan? MeanDead = null,
    TimeSpan? MeanDip = null,
    double? FallShare = null)
{
    /// <summary>What it is likely to carry, for people: while nothing waits, little is offered, and what it showed before says more. Null before anything is known.</summary>
    public double? Likely => IsCapacity || !(Usual > BitsPerSecond) ? BitsPerSecond : Usual;
}
