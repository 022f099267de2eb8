namespace KnSock.Server.Adaptation;

/// <summary>The selector's knobs.</summary>
internal sealed record RenditionSelectorOptions
{
    /// <summary>What a second of stall costs, in seconds of the highest rung's worth above the lowest's: with read-ahead, where it can nearly always be avoided.</summary>
    public double StallCost { get; init; } = 1.3;

    /// <summary>The same at the live edge.</summary>
    public double LiveStallCost { get; init; } = 2.2;

    /// <summary>
    /// At the live edge a GOP hardly stalls playout for longer: what is older by then is left out, whatever its rung. So a link that carries nothing at all for a moment is not much of a
    /// reason to go down.
    /// </summary>
    public TimeSpan LiveLongestStall { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>What lies beyond that counts by this share, so that of rungs that are all too much the lowest is the best.</summary>
    public double LiveBeyondShare { get; init; } = 0.02;

    /// <summary>What a change of worth by one costs.</summary>
    public double ChangeCost { get; init; } = 0.5;

    /// <summary>The same at the live edge, where it is most often taken back: with no buffer to see a link through, what it carries shows only when it is too late.</summary>
    public double LiveChangeCost { get; init; } = 1.15;

    /// <summary>How many GOPs are looked at with read-ahead: as many as there may be in the buffer, and a few.</summary>
    public int Depth { get; init; } = 10;

    /// <summary>The same at the live edge.</summary>
    public int LiveDepth { get; init; } = 5;

    /// <summary>By how much less each GOP counts than the one before.</summary>
    public double Discount { get; init; } = 0.87;

    /// <summary>How much of what makes a link differ from what is usual for it is left after each GOP.</summary>
    public double Persistence { get; init; } = 0.8;

    /// <summary>How long a link is taken to carry little that does, where nothing is known of that: as much of the difference is left after it as of an exponential.</summary>
    public TimeSpan UsualDip { get; init; } = TimeSpan.FromSeconds(4);

    /// <summary>A link that carries less than this share of what is usual is in such a dip.</summary>
    public double DipBelow { get; init; } = 0.5;

    /// <summary>How long a link is taken to carry nothing that does, where nothing is known of that.</summary>
    public TimeSpan UsualDead { get; init; } = TimeSpan.FromSeconds(1.5);

    /// <summary>What is taken off the time to spare: the way to the viewer, and what it needs to decode.</summary>
    public TimeSpan Margin { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>The same at the live edge, where there is less to take it from.</summary>
    public TimeSpan LiveMargin { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>With less to spare than this at the end a stall is to be feared behind it.</summary>
    public TimeSpan SafeSlack { get; init; } = TimeSpan.FromSeconds(6);

    /// <summary>How long a stall is to be feared if nothing is to spare, as a share of the safe slack.</summary>
    public double ShortageCost { get; init; } = 1;

    /// <summary>A GOP that would be late by less is not begun again.</summary>
    public TimeSpan LeastRescue { get; init; } = TimeSpan.FromMilliseconds(150);

    /// <summary>The share of what the link carried last with which that is reckoned.</summary>
    public double RescueShare { get; init; } = 0.8;

    /// <summary>A change has to be worth this much more than staying.</summary>
    public double LeastGain { get; init; } = 0.03;

    /// <summary>The same for a way up at the live edge: there is no buffer that would pay for one that proves too much.</summary>
    public double LiveLeastGainUp { get; init; } = 0.15;

    /// <summary>A link that was off what is usual for it by so much (<see cref="LinkEstimate.Deviation"/>) is as unsteady as <see cref="LinkScenarios"/> says; another is steadier in proportion.</summary>
    public double UsualDeviation { get; init; } = 0.2;

    /// <summary>No link is taken to be steadier: it may become this share as different, by the logarithm.</summary>
    public double LeastSpread { get; init; } = 0.3;

    /// <summary>So many changes of late are of no account.</summary>
    public double FreeChanges { get; init; } = 2;

    /// <summary>With each that is more, a way up beyond what the link usually carries has to be worth this much more, the whole of it on a link that stays the same.</summary>
    public double GainPerChange { get; init; } = 3;

    /// <summary>The most that this makes.</summary>
    public double MostForChanges { get; init; } = 5;

    /// <summary>The same as <see cref="GainPerChange"/> at the live edge.</summary>
    public double LiveGainPerChange { get; init; } = 2.4;

    /// <summary>The most that this makes. A rung that is too low costs more there: what is not sent now never is.</summary>
    public double LiveMostForChanges { get; init; } = 1.8;

    /// <summary>Without bytes waiting the link carries at least what was seen; it is taken to carry this times as much.</summary>
    public double UnseenShare { get; init; } = 1.15;

    /// <summary>No link is taken to carry less, bit/s.</summary>
    public double LeastRate { get; init; } = 20_000;
}
