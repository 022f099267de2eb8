namespace KnSock.Fanout.Growth;

/// <summary>What was measured at one point.</summary>
public sealed record GrowthPoint
{
    /// <summary>Viewers that were connected, too, and selected nothing.</summary>
    public required int Idle { get; init; }

    /// <summary>All figures.</summary>
    public required FanoutReport Figures { get; init; }

    /// <summary>The point in words.</summary>
    public string Describe() => Describe(Figures.Viewers, Figures.Channels, Idle, Figures.Edge);

    internal static string Describe(FanoutOptions options) =>
        Describe(options.Viewers, options.Channels, options.Idle, options.Edge == FanoutEdge.Live ? "live" : "readahead");

    private static string Describe(int viewers, int channels, int idle, string edge) =>
        $"{viewers} viewers{(idle > 0 ? $" and {idle} idle" : string.Empty)}, {channels} {(channels == 1 ? "channel" : "channels")}, {edge}";
}
