using System.Globalization;

namespace KnSock.Server.Adaptation;

/// <summary>Takes a decision again from what it was taken from, by the selector that viewers have, and tells what was weighed.</summary>
/// <param name="Decision">What is decided; that it stays is a decision, too.</param>
/// <param name="Candidates">All rungs, lowest first.</param>
internal sealed record Reconsideration(Decision Decision, IReadOnlyList<Candidate> Candidates)
{
    private const string UnknownLink = "nothing is known of the link at present";
    private const string UnknownGops = "it is not known what comes next";

    /// <summary>Decides.</summary>
    /// <param name="input">What is seen.</param>
    /// <param name="before">The rung before.</param>
    /// <param name="now">The server's clock.</param>
    /// <param name="options">The selector's knobs.</param>
    /// <param name="names">What the rungs are called.</param>
    public static Reconsideration Of(in SelectorInput input, int before, TimeSpan now, RenditionSelectorOptions options, IReadOnlyList<string> names)
    {
        var weighing = new Weighing(input.Rates.Count);
        var decision = new RenditionSelector(options, before) { Weighing = weighing }.Update(input, now)
            ?? new Decision(before, before, WhyItStays(input, before, weighing, options, names));
        return new Reconsideration(decision, Describe(input, before, weighing, names));
    }

    /// <summary>The rungs where it is not known what the selector weighs.</summary>
    public static IReadOnlyList<Candidate> Unweighed(in SelectorInput input, IReadOnlyList<string> names)
    {
        var candidates = new Candidate[input.Rates.Count];
        for (var rung = 0; rung < candidates.Length; rung++)
        {
            candidates[rung] = new Candidate { Rung = rung, Name = names[rung], BitsPerSecond = input.Rates[rung], NotWeighed = input.Withdrawn?[rung] };
        }

        return candidates;
    }

    private static Candidate[] Describe(in SelectorInput input, int before, Weighing weighing, IReadOnlyList<string> names)
    {
        var candidates = new Candidate[input.Rates.Count];
        for (var rung = 0; rung < candidates.Length; rung++)
        {
            // The lowest rung is always to be had, whatever is said of it.
            var isWithheld = rung > 0 && input.Withdrawn?[rung] is not null;
            var (prospect, late) = isWithheld ? default : (weighing.ProspectOf(rung), weighing.LateOf(rung));
            candidates[rung] = new Candidate
            {
                Rung = rung,
                Name = names[rung],
                BitsPerSecond = input.Rates[rung],
                Value = prospect?.Value,
                StallSeconds = prospect?.StallSeconds,
                Cost = late?.Cost,
                LateSeconds = late?.Seconds,
                NotWeighed = prospect is null && late is null ? WhyNotWeighed(input, before, rung) : null,
            };
        }

        return candidates;
    }

    private static string? WhyNotWeighed(in SelectorInput input, int before, int rung)
    {
        if (input.Wanted is { } wanted)
        {
            return rung == wanted ? RenditionSelector.Chosen : "the viewer's user chose another";
        }

        if (input.Withdrawn?[rung] is { } withdrawn && (rung > 0 || before == 0))
        {
            return withdrawn;
        }

        return input.Withdrawn?[before] is not null ? (rung > input.Sent ? "it lies above the rung that is sent" : null)
            : input.Link.BitsPerSecond is null ? UnknownLink
            : input.Next is not { Count: > 0 } ? UnknownGops
            : IsWithinGop(input) ? "the next GOP decides about it"
            : "no bytes had to wait, so the link is no reason to go down";
    }

    private static string WhyItStays(in SelectorInput input, int rung, Weighing weighing, RenditionSelectorOptions options, IReadOnlyList<string> names)
    {
        if (input.Wanted is not null)
        {
            return RenditionSelector.Chosen;
        }

        if (input.Link.BitsPerSecond is null)
        {
            return UnknownLink;
        }

        if (input.Next is not { Count: > 0 })
        {
            return UnknownGops;
        }

        if (IsWithinGop(input))
        {
            return weighing.LateOf(rung) is { } late && late.Seconds >= options.LeastRescue.TotalSeconds
                ? $"the rest of the GOP comes {Number(late.Seconds)} s late, but to begin it again in a lower rung would cost more"
                : "the rest of the GOP comes in time; the next one is decided upon when it is sent";
        }

        var seen = input;
        return WhyNothingIsBetter(weighing.ProspectOf(rung), weighing, rung, LeastGain, names);

        double LeastGain(int to) => to > rung ? new RungValues(options).LeastGainUp(seen, to) : options.LeastGain;
    }

    private static string WhyNothingIsBetter(RungValues.Prospect? stay, Weighing weighing, int rung, Func<int, double> leastGain, IReadOnlyList<string> names)
    {
        var (best, most) = (-1, double.NegativeInfinity);
        for (var other = 0; other < names.Count; other++)
        {
            if (other != rung && weighing.ProspectOf(other) is { } prospect && prospect.Value > most)
            {
                (best, most) = (other, prospect.Value);
            }
        }

        return best < 0 ? "there is no other rung to be had that would be better"
            : most - stay?.Value is { } gain && gain > 0 ? $"{names[best]} would be worth {Number(gain)} more, and a change{(leastGain(best) > leastGain(rung) ? " after those of late" : "")} has to bring {Number(leastGain(best))}"
            : $"it is worth most; the next best is {names[best]}";
    }

    /// <summary>It is looked at in the middle of a GOP, when there is only to decide whether its rest comes in time.</summary>
    private static bool IsWithinGop(in SelectorInput input) => input is { Begun: not null, IsAtLiveEdge: false };

    private static string Number(double value) => value.ToString("0.0##", CultureInfo.InvariantCulture);
}
