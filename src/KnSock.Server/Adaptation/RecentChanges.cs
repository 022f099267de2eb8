namespace KnSock.Server.Adaptation;

/// <summary>How often a viewer's rung has changed of late: each change counts one at first, and less and less as time goes by.</summary>
internal sealed class RecentChanges
{
    /// <summary>A change this long ago counts a third of one now.</summary>
    private static readonly TimeSpan Memory = TimeSpan.FromMinutes(1);

    private double _count;
    private TimeSpan _at;

    /// <summary>The rung has changed.</summary>
    public void Add(TimeSpan now) => (_count, _at) = (At(now) + 1, now);

    /// <summary>How many changes there were.</summary>
    public double At(TimeSpan now) => _count * Math.Exp(-((now - _at) / Memory));
}
