namespace KnSock.Fanout;

/// <summary>Where viewers are.</summary>
public enum FanoutEdge
{
    /// <summary>They have eight seconds of read-ahead.</summary>
    ReadAhead,

    /// <summary>At the live edge, with nothing ahead of it.</summary>
    Live,
}
