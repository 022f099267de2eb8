namespace KnSock.Server.Adaptation;

/// <summary>The knobs of <see cref="SoundChoice"/>.</summary>
internal sealed record SoundChoiceOptions
{
    /// <summary>What was seen this long ago counts a third of what is seen now for what the link carries on the whole.</summary>
    public TimeSpan Memory { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>What the link is taken to carry on the whole before anything was seen of it, as a share of what is needed.</summary>
    public double AtFirst { get; init; } = 1.1;

    /// <summary>More than this share of what is needed counts no more than this: a link that was fast and is not any more is to be found out soon.</summary>
    public double Enough { get; init; } = 1.5;

    /// <summary>A link that carries less than this share of what is needed is taken to be interrupted.</summary>
    public double Outage { get; init; } = 0.25;

    /// <summary>How much more than is needed is clearly more.</summary>
    public double Headroom { get; init; } = 1.3;

    /// <summary>For how long the link has to carry that.</summary>
    public TimeSpan FirstHold { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The longest that becomes where it was wrong again and again.</summary>
    public TimeSpan LongestHold { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>A change for the better that holds for so long was none that was wrong.</summary>
    public TimeSpan LongEnough { get; init; } = TimeSpan.FromSeconds(30);
}
