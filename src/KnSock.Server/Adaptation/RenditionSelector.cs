using System.Globalization;

namespace KnSock.Server.Adaptation;

/// <summary>Chooses a viewer's rung: the one that is worth most over what may become of its link (<see cref="RungValues"/>).</summary>
internal sealed class RenditionSelector(RenditionSelectorOptions options, int initialRung) : IRenditionSelector
{
    /// <summary>Why a rung is sent whatever else speaks for another.</summary>
    public const string Chosen = "the viewer's user chose it";

    private readonly RungValues _values = new(options);

    /// <inheritdoc/>
    public int Rung { get; private set; } = initialRung;

    /// <summary>What it goes by.</summary>
    public RenditionSelectorOptions Options => options;

    /// <summary>Notes what is weighed. Null: nobody asks.</summary>
    public Weighing? Weighing { get; init; }

    /// <inheritdoc/>
    public Decision? Update(in SelectorInput input, TimeSpan now)
    {
        if (input.Wanted is { } wanted)
        {
            return wanted == Rung ? null : Change(wanted, Chosen);
        }

        if (input.Withdrawn?[Rung] is { } withdrawn)
        {
            return Change(BestOffered(input), $"the rung is not offered any more: {withdrawn}");
        }

        if (input.Link.BitsPerSecond is not { } shown || input.Next is not { Count: > 0 })
        {
            return null;
        }

        if (input is { Begun: { } begun, IsAtLiveEdge: false })
        {
            // The next GOP is decided upon when it is sent, with what is known then.
            return input.Link.IsCapacity ? Rescue(input, begun, shown) : null;
        }

        var rate = input.Link.IsCapacity ? shown : shown * options.UnseenShare;
        var stay = Weigh(input, Rung, rate);
        var (best, prospect) = (Rung, stay);
        // Where no bytes ever waited it is not for the link that little came: it had no more to carry.
        for (var rung = input.Link.IsCapacity ? 0 : Rung + 1; rung < input.Rates.Count; rung++)
        {
            if (rung != Rung && (rung == 0 || input.Withdrawn?[rung] is null) && Weigh(input, rung, rate) is var other
                && other.Value > Math.Max(prospect.Value, stay.Value + options.LeastGain))
            {
                (best, prospect) = (rung, other);
            }
        }

        var isEnough = best < Rung || prospect.Value > stay.Value + _values.LeastGainUp(input, best);
        return best != Rung && isEnough ? Change(best, Words(input, shown, best, stay)) : null;
    }

    private RungValues.Prospect Weigh(in SelectorInput input, int rung, double rate)
    {
        var prospect = _values.Of(input, rung, rate);
        Weighing?.Worth(rung, prospect);
        return prospect;
    }

    /// <summary>Where the rest of the GOP that was begun would come too late, a lower rung that brings it whole sooner.</summary>
    private Decision? Rescue(in SelectorInput input, GopOutlook begun, double rate)
    {
        var late = _values.LateSeconds(input, input.RestBytes, rate);
        Weighing?.Late(Rung, late, _values.CostOfLate(input, late));
        if (late < options.LeastRescue.TotalSeconds)
        {
            return null;
        }

        var (best, least) = (Rung, _values.CostOfLate(input, late) - options.LeastGain);
        for (var rung = Math.Min(Rung, input.Sent) - 1; rung >= 0; rung--)
        {
            var then = _values.LateSeconds(input, begun.Bytes[rung], rate);
            var cost = _values.CostOfLate(input, then) + ((input.Utilities[input.Sent] - input.Utilities[rung]) * (begun.Duration.TotalSeconds + options.ChangeCost));
            Weighing?.Late(rung, then, cost);
            if ((rung == 0 || input.Withdrawn?[rung] is null) && cost < least)
            {
                (best, least) = (rung, cost);
            }
        }

        return best == Rung ? null : Change(best, $"the rest of the GOP would come {Seconds(late)} s late: {Words(input.Link, rate).TrimEnd(',')}");
    }

    private static int BestOffered(in SelectorInput input)
    {
        for (var rung = input.Rates.Count - 1; rung > 0; rung--)
        {
            if (rung <= input.Sent && input.Withdrawn?[rung] is null)
            {
                return rung;
            }
        }

        return 0;
    }

    private string Words(in SelectorInput input, double shown, int rung, in RungValues.Prospect stay)
    {
        var link = $"{Words(input.Link, shown)} and {Seconds(input.Lead.TotalSeconds)} s are ahead of playout";
        return rung > Rung
            ? $"{link}: enough for {Kbps(input.Rates[rung])} kbit/s{(_values.ForChanges(input, rung) > 0 ? ", and by so much that it is worth one more change" : "")}"
            : stay.StallSeconds >= 0.02 ? $"{link}: with {Kbps(input.Rates[Rung])} kbit/s a stall of {Seconds(stay.StallSeconds)} s was to be expected"
            : $"{link}: {Kbps(input.Rates[Rung])} kbit/s are too much in the long run";
    }

    private static string Words(in LinkEstimate link, double shown) => RungValues.IsDead(link)
        ? $"nothing has come through for {Seconds(link.Dead.TotalSeconds)} s, where {Kbps(link.Usual!.Value)} kbit/s are usual,"
        : $"the link carries {(link.IsCapacity ? "" : "at least ")}{Kbps(shown)} kbit/s";

    private Decision Change(int rung, string reason)
    {
        var previous = Rung;
        Rung = rung;
        return new Decision(rung, previous, reason);
    }

    private static string Kbps(double bitsPerSecond) => Math.Round(bitsPerSecond / 1000).ToString(CultureInfo.InvariantCulture);

    private static string Seconds(double seconds) => seconds.ToString("0.0", CultureInfo.InvariantCulture);
}
