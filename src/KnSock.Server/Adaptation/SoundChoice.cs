using System.Globalization;

namespace KnSock.Server.Adaptation;

/// <summary>
/// Decides whether a viewer on the lowest rung gets the usual sound or the low one, which a link that does not carry both needs. Down when the link has carried too little for some time
/// on the whole, up when for a longer while it has carried clearly more, or all that was sent; more and more rarely where that was wrong.
/// </summary>
/// <param name="options">The knobs.</param>
internal sealed class SoundChoice(SoundChoiceOptions options)
{
    private TimeSpan _hold = options.FirstHold;
    private double? _carried;
    private TimeSpan? _enoughSince;
    private TimeSpan? _roseAt;
    private TimeSpan? _seenAt;

    /// <summary>Whether it is to be the low one.</summary>
    public bool IsLow { get; private set; }

    /// <summary>Why, in words.</summary>
    public string Reason { get; private set; } = "the link carries it";

    /// <summary>Another selection begins. The link is the same, so the sound is, too.</summary>
    public void Begin() => (_enoughSince, _seenAt) = (null, null);

    /// <summary>Takes a new look.</summary>
    /// <returns>Whether it has changed.</returns>
    public bool Update(in SoundInput input, TimeSpan now)
    {
        var passed = now - (_seenAt ?? now);
        _seenAt = now;
        if (input.IsAboveLowest)
        {
            _carried = options.Enough * input.FullRate;
            return IsLow && Rise("the link carries a higher rung", now);
        }

        return IsLow ? TryRise(input, now) : TryFall(input, passed, now);
    }

    private bool TryFall(in SoundInput input, TimeSpan passed, TimeSpan now)
    {
        var enough = options.Enough * input.FullRate;
        var rate = input.Link is { IsCapacity: true, BitsPerSecond: { } capacity } ? Math.Min(capacity, enough) : enough;
        if (rate < options.Outage * input.FullRate)
        {
            // Nothing helps there, and it says nothing of what the link carries otherwise.
            return false;
        }

        var carried = rate + (((_carried ?? options.AtFirst * input.FullRate) - rate) * Math.Exp(-(passed / options.Memory)));
        _carried = carried;
        if (carried >= input.FullRate)
        {
            return false;
        }

        _hold = now - options.LongEnough <= _roseAt ? TimeSpan.FromTicks(Math.Min(_hold.Ticks * 2, options.LongestHold.Ticks)) : options.FirstHold;
        return Set(isLow: true, Carries(carried));
    }

    private bool TryRise(in SoundInput input, TimeSpan now)
    {
        var isEnough = !input.Link.IsCapacity || input.Link.BitsPerSecond >= options.Headroom * input.FullRate;
        _enoughSince = isEnough ? _enoughSince ?? now : null;
        return now - _enoughSince >= _hold && Rise(input.Link is { IsCapacity: true, BitsPerSecond: { } rate } ? Carries(rate) : "the link has carried all that was sent for a while", now);
    }

    private bool Rise(string reason, TimeSpan now)
    {
        _roseAt = now;
        return Set(isLow: false, reason);
    }

    private bool Set(bool isLow, string reason)
    {
        (IsLow, Reason) = (isLow, reason);
        (_carried, _enoughSince) = (null, null);
        return true;
    }

    private static string Carries(double bitsPerSecond) => $"the link carries {Math.Round(bitsPerSecond / 1000).ToString(CultureInfo.InvariantCulture)} kbit/s";
}
