using System.Globalization;
using KnSock.Protocol.Messages;
using KnSock.Server.Adaptation;

namespace KnSock.Simulation.Policies;

/// <summary>What all baselines have in common: a rung, and that only what is offered is chosen.</summary>
/// <param name="initialRung">The rung to begin with.</param>
internal abstract class BaselineSelector(int initialRung) : IRenditionSelector
{
    /// <inheritdoc/>
    public int Rung { get; private set; } = initialRung;

    /// <inheritdoc/>
    public Decision? Update(in SelectorInput input, TimeSpan now)
    {
        var choice = input.State == PlayoutState.Paused ? new Choice(Rung, "the rung stays in a pause") : Choose(input, now);
        var rung = Offer.AtOrBelow(input, choice.Rung);
        if (rung == Rung)
        {
            return null;
        }

        var previous = Rung;
        Rung = rung;
        return new Decision(rung, previous, rung == choice.Rung ? choice.Reason : $"{choice.Reason}; rung {choice.Rung} is not offered");
    }

    /// <summary>What the policy wants, whether it is offered or not.</summary>
    protected abstract Choice Choose(in SelectorInput input, TimeSpan now);

    /// <summary>How long the next GOP plays; where that is not known, a second, as most do.</summary>
    protected static double GopSeconds(in SelectorInput input) =>
        input.Next is { Count: > 0 } next && next[0].Duration > TimeSpan.Zero ? next[0].Duration.TotalSeconds : 1;

    /// <summary>The rung of the GOP before the next one.</summary>
    protected static int Before(in SelectorInput input) => Math.Clamp(input.Sent, 0, input.Rates.Count - 1);

    /// <summary>A rate in words.</summary>
    protected static string Kbps(double bitsPerSecond) => string.Create(CultureInfo.InvariantCulture, $"{bitsPerSecond / 1000:0} kbit/s");

    /// <summary>A time in words.</summary>
    protected static string Seconds(double seconds) => string.Create(CultureInfo.InvariantCulture, $"{seconds:0.00} s");

    /// <summary>A rung and why.</summary>
    protected readonly record struct Choice(int Rung, string Reason);
}
