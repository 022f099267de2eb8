namespace KnSock.Server.Endpoints.Hls;

/// <summary>What a media playlist lists: whole segments, and the first parts of the one behind them.</summary>
/// <param name="First">The first segment.</param>
/// <param name="End">The segment behind the last whole one.</param>
/// <param name="Parts">Parts of that segment; fewer than it has.</param>
/// <param name="IsCurrent">Whether it goes up to the live edge, rather than to where the encoder is.</param>
internal readonly record struct Listing(long First, long End, int Parts, bool IsCurrent)
{
    /// <summary>Whether a segment is listed as a whole, or was before.</summary>
    public bool Holds(long segment) => segment < End;

    /// <summary>Whether a part is listed, or was before.</summary>
    public bool Holds(long segment, int part) => segment < End || (segment == End && part < Parts);
}
