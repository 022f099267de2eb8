namespace KnSock.Server.Adaptation;

/// <summary>
/// What each rung is worth for the next GOP: over what may become of the link, the mean of what the pictures are worth, less what stalls and changes of rung cost. Behind
/// that GOP each course of the link is taken to be known, for it shows itself within a second, and the best rung for it is kept.
/// </summary>
/// <param name="options">What is taken to cost how much.</param>
internal sealed class RungValues(RenditionSelectorOptions options)
{
    /// <summary>What is taken to happen with a rung.</summary>
    /// <param name="Value">What it is worth.</param>
    /// <param name="StallSeconds">The stall that is to be expected within the next GOP.</param>
    public readonly record struct Prospect(double Value, double StallSeconds);

    /// <summary>The prospect of a rung.</summary>
    /// <param name="input">What is seen.</param>
    /// <param name="rung">The rung.</param>
    /// <param name="bitsPerSecond">What the link carried last.</param>
    public Prospect Of(in SelectorInput input, int rung, double bitsPerSecond)
    {
        var sum = default(Prospect);
        if (IsDead(input.Link))
        {
            var mean = MeanDead(input.Link);
            foreach (var (times, share, weight) in LinkScenarios.OfDead)
            {
                Add(input, rung, Math.Max(options.LeastRate, input.Link.Usual!.Value * share), mean * times, weight, ref sum);
            }

            return sum;
        }

        var spread = Spread(input);
        foreach (var (share, weight) in LinkScenarios.Priors)
        {
            Add(input, rung, Math.Max(options.LeastRate, bitsPerSecond * Math.Pow(share, spread)), seconds: 0, weight * Likelier(input, share), ref sum);
        }

        return sum;
    }

    /// <summary>A link that carries nothing is not one that carries little: it comes back as it was, and nothing but that ends the stall, whatever the rung.</summary>
    public static bool IsDead(in LinkEstimate link) => link.Dead > TimeSpan.Zero && link.Usual > 0;

    /// <summary>How much likelier a course is for this link than for others. At the live edge alone, for which it was tuned.</summary>
    private static double Likelier(in SelectorInput input, double share) => input is not { IsAtLiveEdge: true, Link.FallShare: { } falls } ? 1
        : share < LinkScenarios.FallBelow ? falls / LinkScenarios.FallShare
        : (1 - falls) / (1 - LinkScenarios.FallShare);

    /// <summary>Adds what comes of one course of the link.</summary>
    private void Add(in SelectorInput input, int rung, double rate, double seconds, double weight, ref Prospect sum)
    {
        var gop = input.Next[0];
        var (most, margin) = (input.MaxBuffer.TotalSeconds, input.IsAtLiveEdge ? options.LiveMargin : options.Margin);
        var slack = new PlannedSlack((input.Lead - margin).TotalSeconds - seconds - (input.UnderWay * 8 / rate)).Send(gop, rung, rate, most, out var stall);
        var change = Math.Abs(input.Utilities[rung] - input.Utilities[input.Sent]);
        var now = (input.Utilities[rung] * gop.Duration.TotalSeconds) - CostOfStall(input, stall) - (ChangeCost(input) * change);
        sum = new Prospect(sum.Value + (weight * (now + Best(input, rung, rate, slack, most))), sum.StallSeconds + (weight * stall));
    }

    /// <summary>How much more than staying a way up has to be worth.</summary>
    public double LeastGainUp(in SelectorInput input, int rung) => (input.IsAtLiveEdge ? options.LiveLeastGainUp : options.LeastGain) + ForChanges(input, rung);

    /// <summary>
    /// How much of that is for many changes. It is more the steadier the link is: whoever shares one that carries something between two rungs would else go up with each second to spare,
    /// and down again. What the link usually carries can be kept.
    /// </summary>
    public double ForChanges(in SelectorInput input, int rung)
    {
        if (input.Link.Usual >= input.Rates[rung])
        {
            return 0;
        }

        var (each, most) = input.IsAtLiveEdge ? (options.LiveGainPerChange, options.LiveMostForChanges) : (options.GainPerChange, options.MostForChanges);
        return Math.Min(most, Math.Max(0, input.RecentChanges - options.FreeChanges) * each * (1 - Spread(input)));
    }

    /// <summary>How late the end of the GOP that was begun is to be expected, seconds.</summary>
    /// <param name="input">What is seen.</param>
    /// <param name="bytes">What of it is still to be sent.</param>
    /// <param name="bitsPerSecond">What the link carried last.</param>
    public double LateSeconds(in SelectorInput input, long bytes, double bitsPerSecond)
    {
        var spare = (input.Lead + input.Rest - options.Margin).TotalSeconds;
        var (bits, rate) = ((input.UnderWay + bytes) * 8, Math.Max(options.LeastRate, bitsPerSecond * options.RescueShare));
        var (late, isDead) = (0.0, IsDead(input.Link));
        if (!isDead && !IsInDip(input.Link, bitsPerSecond))
        {
            return Math.Max(0, (bits / rate) - spare);
        }

        // It comes back sooner or later, and what is not through by then goes as usual.
        var mean = isDead ? MeanDead(input.Link) : MeanDip(input.Link);
        foreach (var (times, share, weight) in LinkScenarios.OfDead)
        {
            var then = Math.Max(options.LeastRate, input.Link.Usual!.Value * share);
            var before = isDead ? 0 : Math.Min(bits, rate * mean * times);
            var seconds = before < bits ? (mean * times) + ((bits - before) / then) : bits / rate;
            late += weight * Math.Max(0, seconds - spare);
        }

        return late;
    }

    /// <summary>What it costs if a GOP comes so late.</summary>
    public double CostOfLate(in SelectorInput input, double seconds) => StallCost(input) * seconds;

    /// <summary>How unsteady the link is, as a share of what links are of which nothing is known.</summary>
    private double Spread(in SelectorInput input) =>
        input.Link.Deviation is { } deviation ? Math.Min(1, Math.Max(options.LeastSpread, deviation / options.UsualDeviation)) : 1;

    private double MeanDead(in LinkEstimate link) => (link.MeanDead ?? options.UsualDead).TotalSeconds;

    private double MeanDip(in LinkEstimate link) => (link.MeanDip ?? options.UsualDip).TotalSeconds;

    private bool IsInDip(in LinkEstimate link, double bitsPerSecond) => bitsPerSecond < options.DipBelow * link.Usual;

    private double StallCost(in SelectorInput input) => (input.IsAtLiveEdge ? options.LiveStallCost : options.StallCost) * input.Utilities[^1];

    private double ChangeCost(in SelectorInput input) => input.IsAtLiveEdge ? options.LiveChangeCost : options.ChangeCost;

    private double CostOfStall(in SelectorInput input, double seconds)
    {
        var beyond = input.IsAtLiveEdge ? Math.Max(0, seconds - options.LiveLongestStall.TotalSeconds) : 0;
        return StallCost(input) * (seconds - (beyond * (1 - options.LiveBeyondShare)));
    }

    /// <summary>What the GOPs behind the next are worth, in the rung that is best for them all.</summary>
    private double Best(in SelectorInput input, int before, double rate, PlannedSlack from, double most)
    {
        var (best, low) = (double.NegativeInfinity, Math.Exp(-input.Next[0].Duration.TotalSeconds / MeanDip(input.Link)));
        for (var rung = 0; rung < input.Rates.Count; rung++)
        {
            // To save up now for a rung that the link does not carry would be a trick of looking no further than the last GOP.
            if (rung > 0 && (input.Withdrawn?[rung] is not null || (rung > before && input.Rates[rung] > rate)))
            {
                continue;
            }

            var (slack, value, discount) = (from, -ChangeCost(input) * Math.Abs(input.Utilities[rung] - input.Utilities[before]), 1.0);
            var depth = Math.Min(input.IsAtLiveEdge ? options.LiveDepth : options.Depth, input.Next.Count);
            var (usual, share) = (input.Link.Usual ?? rate, 1.0);
            for (var i = 1; i < depth; i++)
            {
                discount *= options.Discount;
                share *= rate < usual ? low : options.Persistence;
                slack = slack.Send(input.Next[i], rung, (rate * share) + (usual * (1 - share)), most, out var stall);
                value += discount * ((input.Utilities[rung] * input.Next[i].Duration.TotalSeconds) - CostOfStall(input, stall));
            }

            best = Math.Max(best, value - (discount * Shortage(slack, most) * StallCost(input)));
        }

        return best;
    }

    /// <summary>What it costs to be left with little slack, in seconds of stall that are to be feared.</summary>
    private double Shortage(PlannedSlack slack, double most)
    {
        var safe = Math.Min(most, options.SafeSlack.TotalSeconds);
        var missing = Math.Max(0, safe - slack.Seconds) / safe;
        return options.ShortageCost * safe * missing * missing;
    }
}
