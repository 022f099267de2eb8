namespace KnSock.Fanout.Growth;

/// <summary>Where is measured.</summary>
public sealed record GrowthOptions
{
    /// <summary>What is the same everywhere; viewers, channels, idle ones and the edge are those of each point.</summary>
    public required FanoutOptions Common { get; init; }

    /// <summary>Numbers of viewers, on one channel. Default: 100, 200, 500, 1000, 2000.</summary>
    public IReadOnlyList<int> Viewers { get; init; } = [100, 200, 500, 1000, 2000];

    /// <summary>Numbers of channels, with <see cref="ViewersOfChannels"/>. Default: 1, 2, 5, 10, 20.</summary>
    public IReadOnlyList<int> Channels { get; init; } = [1, 2, 5, 10, 20];

    /// <summary>The viewers that are spread over channels. Default: 500.</summary>
    public int ViewersOfChannels { get; init; } = 500;

    /// <summary>Those connected without a selection while <see cref="ViewersBesideIdle"/> watch. Zero leaves that point out. Default: 5000.</summary>
    public int Idle { get; init; } = 5000;

    /// <summary>The viewers beside idle ones. Default: 1000.</summary>
    public int ViewersBesideIdle { get; init; } = 1000;

    /// <summary>Where viewers are; each point is measured at each. Default: ahead, then at the live edge.</summary>
    public IReadOnlyList<FanoutEdge> Edges { get; init; } = [FanoutEdge.ReadAhead, FanoutEdge.Live];

    /// <summary>The points in their order, none twice.</summary>
    internal IReadOnlyList<FanoutOptions> Points()
    {
        IEnumerable<(int Viewers, int Channels, int Idle)> points =
        [
            .. Viewers.Select(v => (v, 1, 0)),
            .. Channels.Select(c => (ViewersOfChannels, c, 0)),
            .. Idle > 0 ? [(ViewersBesideIdle, 1, Idle)] : Array.Empty<(int, int, int)>(),
        ];
        return
        [
            .. from p in points.Distinct()
               from edge in Edges.Distinct()
               select Common with { Viewers = p.Viewers, Channels = p.Channels, Idle = p.Idle, Edge = edge },
        ];
    }
}
