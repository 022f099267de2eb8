using KnSock.Media;

namespace KnSock.Server.Endpoints.Hls;

/// <summary>
/// What tells this broadcast of a channel from those before it. Addresses of media are cached for long, so they hold a name that is never used again. Times and numbers of
/// segments follow the wall clock of the channel's zero: a player that outlives the server finds both further on, never back, since a segment lasts a second at least.
/// </summary>
/// <param name="Instance">A name that no other broadcast has, letters and digits.</param>
/// <param name="Zero">The wall clock at the channel's zero.</param>
internal sealed record BroadcastIdentity(string Instance, DateTimeOffset Zero)
{
    // Times of media must not be negative, and the first pictures are decoded before the channel's zero, also where a machine has not been told the time.
    private const long LeastSeconds = 86_400;

    /// <summary>The number of the channel's first segment.</summary>
    private long FirstNumber => Math.Max(LeastSeconds, Zero.ToUnixTimeSeconds());

    /// <summary>The channel's zero on the media's timeline: whole seconds, so that it is exact in every scale.</summary>
    public Timestamp MediaStart => Timestamp.FromUnits(FirstNumber, 1);

    /// <summary>A segment's number as players see it.</summary>
    public long NumberOf(long segment) => FirstNumber + segment;

    /// <summary>The segment that players know by this number; may be negative.</summary>
    public long SegmentOf(long number) => number - FirstNumber;

    /// <summary>The wall clock at a point on the channel's timeline; changes of the clock since the server's start do not reach it.</summary>
    public DateTimeOffset DateOf(Timestamp position) => Zero + position.SinceZero;
}
