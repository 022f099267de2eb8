using KnSock.Media;

namespace KnSock.Client.Playout;

/// <summary>A unit as it came from the server, already on the viewer's timeline.</summary>
/// <param name="Unit">The unit; its times are positions on the viewer's timeline.</param>
/// <param name="Configuration">The set-up of the decoder for it.</param>
internal readonly record struct ArrivedUnit(AccessUnit Unit, DecoderConfiguration Configuration)
{
    /// <summary>Units do not say which is the last of its turn; when more time than this is missing before the next turn, some are missing.</summary>
    private static readonly TimeSpan MostBetweenTurns = TimeSpan.FromMilliseconds(100);

    /// <summary>The selection that it answers.</summary>
    public required uint Selection { get; init; }

    /// <summary>Where its turn of the loop begins on the viewer's timeline.</summary>
    public required Timestamp TurnStart { get; init; }

    /// <summary>Index of its rendition.</summary>
    public required int Rendition { get; init; }

    /// <summary>Whether the server said that it does not continue the unit before.</summary>
    public bool Discontinuity { get; init; }

    /// <summary>Whether decoding can begin with it; always true of sound.</summary>
    public bool IsEntry => Unit.IsKeyframe || Unit.Kind == TrackKind.Audio;

    /// <summary>Whether it can be decoded after <paramref name="before"/>: the next number of the turn, or the first of the next turn.</summary>
    public bool Follows(in ArrivedUnit before)
    {
        if (Discontinuity || (Rendition != before.Rendition && !IsEntry))
        {
            return false;
        }

        return TurnStart == before.TurnStart
            ? Unit.Sequence == before.Unit.Sequence + 1
            : Unit.Sequence == 0 && TurnStart > before.TurnStart && IsEntry && Unit.Dts - before.Unit.Dts - before.Unit.Duration < MostBetweenTurns;
    }

    /// <summary>Compares the places of two units in decoding order.</summary>
    public int CompareOrder(in ArrivedUnit other)
    {
        var turn = TurnStart.CompareTo(other.TurnStart);
        return turn != 0 ? turn : Unit.Sequence.CompareTo(other.Unit.Sequence);
    }
}
