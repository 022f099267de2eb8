namespace KnSock.Fanout;

/// <summary>What is measured.</summary>
public sealed record FanoutOptions
{
    /// <summary>The program and its first arguments, to which verbs of <c>knsock</c> are added.</summary>
    public required IReadOnlyList<string> KnSock { get; init; }

    /// <summary>Viewers that take the whole stream.</summary>
    public int Viewers { get; init; } = 1000;

    /// <summary>How long is measured, in each round.</summary>
    public TimeSpan Duration { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>Channels that the viewers are spread over.</summary>
    public int Channels { get; init; } = 1;

    /// <summary>How viewers are connected to the server. The yardstick's always have a plain connection.</summary>
    public FanoutTransport Transport { get; init; }

    /// <summary>Whether viewers are at the live edge or are sent ahead.</summary>
    public FanoutEdge Edge { get; init; } = FanoutEdge.ReadAhead;

    /// <summary>Pairs of server and yardstick; costs are the medians.</summary>
    public int Rounds { get; init; } = 1;

    /// <summary>Further viewers that read at half the rate.</summary>
    public int Slow { get; init; }

    /// <summary>Further viewers that read nothing for 10 s.</summary>
    public int Stuck { get; init; }

    /// <summary>Further viewers that are connected and select nothing.</summary>
    public int Idle { get; init; }

    /// <summary>Further viewers that join, and leave two seconds later, a second.</summary>
    public int Churn { get; init; }

    /// <summary>Viewers that join one after another while all others run.</summary>
    public int Probes { get; init; } = 50;

    /// <summary>Whether the yardstick is measured, too.</summary>
    public bool HasYardstick { get; init; } = true;

    /// <summary>How often the yardstick sends. Null: every 33 ms at the live edge, every 350 ms ahead of it.</summary>
    public TimeSpan? Batch { get; init; }

    /// <summary>The video. Null: one of 2.6 Mbit/s that is made once.</summary>
    public string? VideoPath { get; init; }

    /// <summary>How many viewers come a second.</summary>
    public int RampPerSecond { get; init; } = 200;

    internal TimeSpan EffectiveBatch => Batch ?? TimeSpan.FromMilliseconds(Edge == FanoutEdge.Live ? 33 : 350);

    internal int AllViewers => Viewers + Slow + Stuck + Idle + (Churn * 4);
}
