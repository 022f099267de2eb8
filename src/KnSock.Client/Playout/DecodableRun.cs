using KnSock.Media;

namespace KnSock.Client.Playout;

/// <summary>Media that can be decoded without a gap.</summary>
/// <param name="Start">Where it begins.</param>
/// <param name="End">Where it ends.</param>
internal readonly record struct DecodableRun(Timestamp Start, Timestamp End)
{
    /// <summary>The run that begins with a unit.</summary>
    public static DecodableRun Of(in ArrivedUnit unit) => new(unit.Unit.Pts, unit.Unit.End);

    /// <summary>The run with one more unit. Pictures are reordered within a GOP, so durations are added up instead of taking the latest end.</summary>
    /// <remarks>Times are the server's word: one that falls back behind the start must not make the run shorter than nothing.</remarks>
    public DecodableRun With(in ArrivedUnit unit) => this with { End = unit.IsEntry ? Timestamp.Max(Start, unit.Unit.End) : End + unit.Unit.Duration };
}
