using KnSock.Simulation.Results;

namespace KnSock.Simulation.Optimum;

/// <summary>The best plan with read-ahead: searches between limits on the stall, and divides them where the best may still lie.</summary>
internal sealed class ReadAheadBound
{
    private const double FirstPart = 0.05, NarrowestPart = 1e-4, BucketsPerPart = 100, Exact = 1e-6;

    /// <summary>By so much the value that is given may be too high because of the limits on the stall.</summary>
    private const double Tolerance = 0.002;

    private const int MostSearches = 80;

    private readonly PlanSetup _setup;
    private readonly int _firstRung;
    private readonly ReadAheadModel _model;
    private readonly ReadAheadSearch _search;
    private readonly Quality _quality;
    private readonly double _watched;
    private readonly double _cost;
    private readonly PriorityQueue<Part, double> _open = new();
    private double _attained = double.NegativeInfinity;
    private double _floor = double.NegativeInfinity;
    private int[] _attaining = [];
    private int _searches;

    /// <summary>Looks for plans that begin with a rung.</summary>
    public ReadAheadBound(PlanSetup setup, int firstRung)
    {
        (_setup, _firstRung, _model, _quality) = (setup, firstRung, new ReadAheadModel(setup), new Quality(setup.PictureKbps));
        _search = new ReadAheadSearch(setup, _model);
        _watched = setup.Seconds - _model.Start(firstRung).PlaysFrom;
        _cost = setup.StallFactor * _quality.StallWeight / _watched;
    }

    /// <summary>The best plan.</summary>
    public Plan Best()
    {
        var lowest = Try([_firstRung, .. Enumerable.Repeat(0, _model.Gops.Count - 1)]);
        if (_watched <= 0)
        {
            return new Plan(lowest, _attaining, lowest);
        }

        for (var rung = 1; rung < _setup.PictureKbps.Count; rung++)
        {
            Try([_firstRung, .. Enumerable.Repeat(rung, _model.Gops.Count - 1)]);
        }

        // No plan stalls for less than that of the lowest rung.
        var from = lowest.StalledSeconds;
        Look(from, from);
        var most = new BitsBound(_setup, _model.Gops).MostStall(from, _watched, Math.Max(_attained, _floor));
        for (var width = FirstPart; from < most; width *= 2)
        {
            Look(from, Math.Min(from + width, most));
            from += width;
        }

        return Divide();
    }

    private Plan Divide()
    {
        while (_open.TryDequeue(out var part, out _) && part.Value > _attained + Exact)
        {
            var width = part.Most - part.Least;
            if ((part.IsFine && part.Value <= _floor + Tolerance) || width <= NarrowestPart || _searches >= MostSearches)
            {
                return new Plan(Reckoned(part), _attaining, _model.Evaluate(_attaining));
            }

            var middle = part.Least + (width / 2);
            Look(part.Least, middle);
            if (part.IsFine)
            {
                // What can be had up to the upper limit is known, and what it costs from a higher lower limit on, too.
                Open(part with { Least = middle, Value = part.Found.ValueFrom(middle, _cost) });
            }
            else
            {
                Look(middle, part.Most);
            }
        }

        var attained = _model.Evaluate(_attaining);
        return new Plan(attained, _attaining, attained);
    }

    private void Look(double least, double most)
    {
        if (_quality.StallWeight - (_cost * least) <= Math.Max(_attained, _floor))
        {
            return;
        }

        // A wide part is divided before it counts.
        _searches++;
        var bucket = Math.Max(_setup.Grid, (most - least) / BucketsPerPart);
        if (_search.Best(_firstRung, least, most, bucket) is { } found)
        {
            Try(Complete(found.Rungs));
            Open(new Part(least, most, found.ValueFrom(least, _cost), bucket <= _setup.Grid, found));
        }
    }

    private void Open(Part part)
    {
        // Nothing is worth more than the highest rung.
        part = part with { Value = Math.Min(part.Value, _quality.StallWeight - (_cost * part.Least)) };
        _floor = part.IsFine ? Math.Max(_floor, part.Value - (_cost * (part.Most - part.Least))) : _floor;
        _open.Enqueue(part, -part.Value);
    }

    /// <summary>A plan for all GOPs; it goes on as it ended.</summary>
    private int[] Complete(IReadOnlyList<int> rungs) => [.. rungs, .. Enumerable.Repeat(rungs[^1], _model.Gops.Count - rungs.Count)];

    private Outcome Try(int[] rungs)
    {
        var outcome = _model.Evaluate(rungs);
        var value = _quality.Of(outcome, _setup.StallFactor);
        if (value > _attained)
        {
            (_attained, _attaining) = (value, rungs);
        }

        return outcome;
    }

    /// <summary>The upper bound, as an outcome.</summary>
    private Outcome Reckoned(Part part)
    {
        var outcome = _model.Evaluate(Complete(part.Found.Rungs));
        var tally = new Tally(_setup.PictureKbps);
        for (var gop = 0; gop < part.Found.Rungs.Count; gop++)
        {
            tally.Show(part.Found.Rungs[gop], Math.Min(_model.Gops.Lengths[gop], _watched - part.Least - _model.Gops.Starts[gop]));
        }

        var reckoned = tally.Sum(_watched, part.Least, outcome.Stalls, outcome.LatencyP50Ms / 1000, outcome.StartUpMs / 1000);
        // What the limits leave open goes to the utility, so that the outcome is worth what was found.
        return reckoned with { MeanUtility = reckoned.MeanUtility + part.Value - _quality.Of(reckoned, _setup.StallFactor) };
    }

    /// <summary>Plans with a stall between limits.</summary>
    private sealed record Part(double Least, double Most, double Value, bool IsFine, ReadAheadSearch.Found Found);
}
