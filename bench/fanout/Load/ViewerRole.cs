namespace KnSock.Fanout.Load;

/// <summary>What a viewer is there for; figures are kept apart by it.</summary>
public enum ViewerRole
{
    /// <summary>Takes the whole stream: what is measured.</summary>
    Steady,

    /// <summary>Reads at half the rate.</summary>
    Slow,

    /// <summary>Reads nothing for a while.</summary>
    Stuck,

    /// <summary>Is connected and has selected nothing.</summary>
    Idle,

    /// <summary>Joins and leaves.</summary>
    Churn,

    /// <summary>Joins while all others run, for how long that takes.</summary>
    Probe,
}
