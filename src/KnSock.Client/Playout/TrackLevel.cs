using KnSock.Media;

namespace KnSock.Client.Playout;

/// <summary>How a track stands, for the decision whether playout can run.</summary>
internal readonly record struct TrackLevel
{
    /// <summary>Where its first media begins. Null while there is none.</summary>
    public required Timestamp? Start { get; init; }

    /// <summary>Media ahead of playout that can be decoded without a gap.</summary>
    public required TimeSpan Level { get; init; }

    /// <summary>Media behind the gap that ends <see cref="Level"/>, gaps left out.</summary>
    public TimeSpan BehindGap { get; init; }

    /// <summary>Where media goes on. Null unless playout stands in a gap.</summary>
    public Timestamp? GoesOnAt { get; init; }

    /// <summary>What should be there before playout starts.</summary>
    public required TimeSpan Target { get; init; }

    /// <summary>What should be there besides before playout starts or goes on, because it fills slowly.</summary>
    public TimeSpan Cushion { get; init; }

    /// <summary>Whether more of what was passed over to is on its way already, so that playout does best to wait for where it ends.</summary>
    public bool IsArriving { get; init; }

    /// <summary>Whether nothing more will come, so that there is nothing to wait for.</summary>
    public bool Ended { get; init; }

    /// <summary>Whether playout may start.</summary>
    public bool CanStart => Has(Target);

    /// <summary>Whether playout may go on after a stall: at half of the target.</summary>
    public bool CanResume => Has(Target / 2);

    /// <summary>Whether playout may be taken over a gap.</summary>
    public bool CanJump => Has(Target);

    /// <summary>Whether there is nothing left to play.</summary>
    public bool IsDry => !Ended && Level <= TimeSpan.Zero;

    /// <summary>Media that ends at a gap will not grow, so what lies behind counts too.</summary>
    private bool Has(TimeSpan wanted) => Ended || (!IsArriving && Level > TimeSpan.Zero && Level + BehindGap >= wanted && Level + BehindGap >= Cushion);
}
