using System.Globalization;
using KnSock.Protocol.Messages;

namespace KnSock.Server.Adaptation;

/// <summary>
/// Chooses a viewer's rung: down at once when the link carries less than the rung needs or the buffer runs low, up after a quiet time when
/// the link has shown that it carries more.
/// </summary>
internal sealed class RenditionSelector(RenditionSelectorOptions options, int initialRung) : IRenditionSelector
{
    private TimeSpan? _lastChange;
    private TimeSpan? _lastUp;
    private TimeSpan _holdOff = options.Quiet;

    /// <inheritdoc/>
    public int Rung { get; private set; } = initialRung;

    /// <inheritdoc/>
    public Decision? Update(in SelectorInput input, TimeSpan now)
    {
        _lastChange ??= now - options.Quiet + options.FirstQuiet;
        return NotOffered(input, now) ?? Down(input, now) ?? Up(input, now);
    }

    private Decision? NotOffered(in SelectorInput input, TimeSpan now) =>
        input.Withdrawn?[Rung] is { } reason ? Change(Highest(input, input.Rates[Rung]), now, $"the rung is not offered any more: {reason}") : null;

    private Decision? Down(in SelectorInput input, TimeSpan now)
    {
        if (Rung == 0 || input.State == PlayoutState.Paused)
        {
            return null;
        }

        var link = input.Link;
        // Until a change is carried out the link still shows the rung before, and the first losses at a new limit show less than it carries.
        var margin = input.Sent == Rung ? 1 : options.PendingShare;
        if (link is { IsCapacity: true, BitsPerSecond: { } capacity } && link.Busy >= options.BusyBeforeDown && input.Rates[Rung] * margin > capacity)
        {
            return Change(Highest(input, capacity * options.DownShare), now,
                $"the link carries {Kbps(capacity)} kbit/s, {Kbps(input.Rates[Rung])} are needed");
        }

        var isStarving = input.State == PlayoutState.Stalled || input.Buffer < input.MaxBuffer * options.LowBuffer;
        if (isStarving && link.Busy >= options.BusyBeforeDown && now - _lastChange >= options.FirstQuiet)
        {
            var share = link.BitsPerSecond is { } rate ? rate * options.StarvingShare : 0;
            return Change(Highest(input, Math.Min(input.Rates[Rung - 1], share)), now,
                $"the buffer is down to {input.Buffer.TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture)} s and the link is busy");
        }

        return null;
    }

    private Decision? Up(in SelectorInput input, TimeSpan now)
    {
        if (Rung == input.Rates.Count - 1 || input.Sent != Rung || input.State != PlayoutState.Playing || now - _lastChange < _holdOff
            || input.Buffer < input.MaxBuffer * options.SafeBuffer || input.Link.BitsPerSecond is not { } rate)
        {
            return null;
        }

        var target = Highest(input, rate * options.UpShare);
        if (target <= Rung)
        {
            return null;
        }

        var bound = input.Link.IsCapacity ? "" : "at least ";
        return Change(target, now, $"the link carries {bound}{Kbps(rate)} kbit/s and the buffer is safe");
    }

    private Decision? Change(int rung, TimeSpan now, string reason)
    {
        if (rung == Rung)
        {
            return null;
        }

        var previous = Rung;
        if (rung > previous)
        {
            _lastUp = now;
        }
        else
        {
            // A step up that had to be taken back soon is tried again only after a longer while.
            var wasTooBold = _lastUp is { } up && now - up < options.Regret;
            _holdOff = wasTooBold ? TimeSpan.FromTicks(Math.Min(_holdOff.Ticks * 2, options.LongestHoldOff.Ticks)) : options.Quiet;
            _lastUp = null;
        }

        (Rung, _lastChange) = (rung, now);
        return new Decision(rung, previous, reason);
    }

    /// <summary>The highest rung on offer that needs no more than this; the lowest if there is none.</summary>
    private static int Highest(in SelectorInput input, double limit)
    {
        var highest = 0;
        for (var rung = 1; rung < input.Rates.Count && input.Rates[rung] <= limit; rung++)
        {
            highest = input.Withdrawn?[rung] is null ? rung : highest;
        }

        return highest;
    }

    private static string Kbps(double bitsPerSecond) => Math.Round(bitsPerSecond / 1000).ToString(CultureInfo.InvariantCulture);
}

/// <summary>The selector's knobs.</summary>
internal sealed record RenditionSelectorOptions
{
    /// <summary>After a change, no step up for this time.</summary>
    public TimeSpan Quiet { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>The same at the very start, where the first rung was a guess.</summary>
    public TimeSpan FirstQuiet { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Bytes must have waited for this time before that says anything about the link.</summary>
    public TimeSpan BusyBeforeDown { get; init; } = TimeSpan.FromMilliseconds(180);

    /// <summary>Going down: the share of the capacity that the new rung may need.</summary>
    public double DownShare { get; init; } = 0.85;

    /// <summary>Going down again before the last step was carried out: the capacity must be below this share of what the rung needs.</summary>
    public double PendingShare { get; init; } = 0.7;

    /// <summary>Going down with a low buffer: the same, so that the buffer fills again.</summary>
    public double StarvingShare { get; init; } = 0.6;

    /// <summary>Going up: the share of the rate shown that the new rung may need.</summary>
    public double UpShare { get; init; } = 0.75;

    /// <summary>Share of the largest buffer below which it is low.</summary>
    public double LowBuffer { get; init; } = 0.2;

    /// <summary>Share of the largest buffer from which a step up is safe.</summary>
    public double SafeBuffer { get; init; } = 0.4;

    /// <summary>A step up that is taken back within this time was too bold.</summary>
    public TimeSpan Regret { get; init; } = TimeSpan.FromSeconds(8);

    /// <summary>Longest wait after steps that were too bold.</summary>
    public TimeSpan LongestHoldOff { get; init; } = TimeSpan.FromSeconds(30);
}
