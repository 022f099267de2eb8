using KnSock.Simulation.Results;

namespace KnSock.Simulation.Optimum;

/// <summary>The best plan at the live edge, by dynamic programming over GOPs.</summary>
/// <remarks>
/// A state is the rung shown last and for how long beyond the start of a GOP the link is busy with what is kept of those before. States of one bucket are one, with the best of each.
/// The mean utility is over what is shown, so what a stall costs depends on the mean of the whole plan: some guesses of that mean are tried, and the mean of the best plan
/// again until that gets no better. What is not found that way are plans that show little and only the best: freezing for most of a run can be worth more than a low rung.
/// </remarks>
internal sealed class LiveSearch
{
    private const int MostTurns = 6;
    private const double FineSeconds = 4, CoarseGrid = 0.25, Same = 1e-9;

    /// <summary>Guesses of the mean utility to begin with, as shares of the highest.</summary>
    private static readonly double[] Guesses = [0, 0.25, 0.5, 0.75, 1];

    private readonly PlanSetup _setup;
    private readonly int _firstRung;
    private readonly LiveModel _model;
    private readonly Quality _quality;
    private readonly int _rungs;
    private readonly List<Label> _labels = [];
    private readonly Dictionary<int, Label> _cells = [];
    private readonly double[] _arrivals;
    private readonly int[] _counted;
    private readonly double[] _utilities;

    public LiveSearch(PlanSetup setup, int firstRung)
    {
        (_setup, _firstRung, _model, _quality) = (setup, firstRung, new LiveModel(setup, firstRung), new Quality(setup.PictureKbps));
        (_rungs, _arrivals) = (setup.PictureKbps.Count, new double[setup.FramesPerGop]);
        _utilities = [.. Enumerable.Range(0, _rungs).Select(_quality.Utility)];
        _counted = [.. Enumerable.Range(0, _model.Gops.Count).Select(_model.Counted)];
    }

    /// <summary>The best plan.</summary>
    public Plan Best()
    {
        int[] all = [.. Enumerable.Repeat(_setup.FramesPerGop, _model.Gops.Count)];
        if (double.IsPositiveInfinity(_model.ShownFrom))
        {
            int[] rungs = [_firstRung, .. Enumerable.Repeat(0, _model.Gops.Count - 1)];
            return new Plan(_model.Evaluate(rungs, all), rungs, _model.Evaluate(rungs, all));
        }

        var best = Guesses.Select(share => Search(share * _quality.StallWeight)).MaxBy(Value)!;
        for (var turn = 0; turn < MostTurns && best.Outcome.StalledSeconds > 0; turn++)
        {
            var plan = Search(best.Outcome.MeanUtility);
            if (Value(plan) <= Value(best) + Same)
            {
                break;
            }

            best = plan;
        }

        return best;
    }

    private double Value(Plan plan) => _quality.Of(plan.Outcome, _setup.StallFactor);

    private Plan Search(double mean)
    {
        var stallCost = (_setup.StallFactor * _quality.StallWeight) - mean;
        _labels.Clear();
        _labels.Add(new Label(Free: 0, Value: 0, Parent: -1, Shown: -1, Sent: -1, Kept: 0, Count: 0));
        var (begin, end) = (0, 1);
        for (var gop = 0; gop < _model.Gops.Count; gop++)
        {
            _cells.Clear();
            for (var i = begin; i < end;)
            {
                // All states of one bucket are sent on at once, for what becomes of a GOP does not depend on the rung before it.
                var next = i + 1;
                while (next < end && gop > 0 && Bucket(_labels[next].Free, gop - 1) == Bucket(_labels[i].Free, gop - 1))
                {
                    next++;
                }

                Expand(gop, i, next, stallCost);
                i = next;
            }

            Keep();
            (begin, end) = (end, _labels.Count);
        }

        return Finish(begin, end);
    }

    private void Expand(int gop, int begin, int end, double stallCost)
    {
        var free = _labels[begin].Free;
        for (var i = begin + 1; i < end; i++)
        {
            free = Math.Min(free, _labels[i].Free);
        }

        for (var rung = gop == 0 ? _firstRung : 0; rung < (gop == 0 ? _firstRung + 1 : _rungs); rung++)
        {
            _model.Send(gop, rung, free, _arrivals);
            var (count, wasShown, couldDrop) = (0, true, false);
            for (var frame = 0; frame <= _arrivals.Length; frame++)
            {
                var before = frame == 0 ? free : _arrivals[frame - 1];
                var isWhole = frame == _arrivals.Length;
                var mayDrop = before >= _model.EndOf(gop);
                // Keeping a frame that comes late is of no use where it could be dropped.
                if ((isWhole || mayDrop) && (wasShown || !couldDrop))
                {
                    Branch(gop, rung, begin, end, frame, count, before, stallCost);
                }

                couldDrop = mayDrop;
                wasShown = !isWhole && _model.IsShown(gop, frame, _arrivals[frame]);
                count += wasShown ? 1 : 0;
            }
        }
    }

    /// <summary>Goes on from states of one bucket with a GOP of which so many frames are kept.</summary>
    private void Branch(int gop, int rung, int begin, int end, int kept, int count, double free, double stallCost)
    {
        free = Math.Max(free, _model.EndOf(gop));
        var seconds = _model.FrameSeconds(gop);
        var worth = (_utilities[rung] * count * seconds) - (stallCost * (_counted[gop] - count) * seconds);
        for (var from = begin; from < end; from++)
        {
            var label = _labels[from];
            // What is not shown is no change either.
            var shown = count > 0 ? rung : label.Shown;
            var change = count > 0 && label.Shown >= 0 ? Quality.ChangeWeight * Math.Abs(_utilities[rung] - _utilities[label.Shown]) : 0;
            var next = new Label(free, label.Value + worth - change, from, shown, rung, kept, count);
            var cell = (Bucket(free, gop) * (_rungs + 1)) + shown + 1;
            _cells[cell] = !_cells.TryGetValue(cell, out var other) ? next
                : (next.Value > other.Value ? next : other) with { Free = Math.Min(next.Free, other.Free) };
        }
    }

    /// <summary>Keeps the states that are not worse than an earlier one, a change of rung reckoned in.</summary>
    private void Keep()
    {
        var best = new double[_rungs + 1];
        Array.Fill(best, double.NegativeInfinity);
        foreach (var (cell, label) in _cells.OrderBy(c => c.Key))
        {
            var isWorse = false;
            for (var shown = 0; shown < best.Length; shown++)
            {
                var change = shown == 0 || label.Shown < 0 ? 0 : Quality.ChangeWeight * Math.Abs(_utilities[shown - 1] - _utilities[label.Shown]);
                isWorse |= (shown == label.Shown + 1 || shown > 0) && best[shown] - change >= label.Value;
            }

            if (!isWorse)
            {
                _labels.Add(label);
                best[cell % (_rungs + 1)] = label.Value;
            }
        }
    }

    private Plan Finish(int begin, int end)
    {
        var at = begin;
        for (var i = begin; i < end; i++)
        {
            at = _labels[i].Value > _labels[at].Value ? i : at;
        }

        var gops = _model.Gops.Count;
        var (rungs, kept, counts) = (new int[gops], new int[gops], new int[gops]);
        for (var gop = gops - 1; gop >= 0; gop--, at = _labels[at].Parent)
        {
            (rungs[gop], kept[gop], counts[gop]) = (_labels[at].Sent, _labels[at].Kept, _labels[at].Count);
        }

        var (tally, shown) = (new Tally(_setup.PictureKbps), 0.0);
        for (var gop = 0; gop < gops; gop++)
        {
            tally.Show(rungs[gop], counts[gop] * _model.FrameSeconds(gop));
            shown += counts[gop] * _model.FrameSeconds(gop);
        }

        var attained = _model.Evaluate(rungs, kept);
        var stalled = Math.Max(0, _model.Watched - shown);
        return new Plan(
            tally.Sum(_model.Watched, stalled < Same ? 0 : stalled, counts.Where((count, gop) => count < _counted[gop]).Count(), _setup.Setting.Delay.TotalSeconds, _model.StartUp),
            rungs,
            attained);
    }

    /// <summary>The bucket of a time at which the link is free again after a GOP.</summary>
    private int Bucket(double free, int gop)
    {
        var busy = Math.Min(free - _model.EndOf(gop), _setup.Seconds);
        var fine = (int)Math.Ceiling(FineSeconds / _setup.Grid) + 1;
        return busy <= 0 ? 0 : busy < FineSeconds ? 1 + (int)(busy / _setup.Grid) : fine + (int)((busy - FineSeconds) / CoarseGrid);
    }

    private readonly record struct Label(double Free, double Value, int Parent, int Shown, int Sent, int Kept, int Count);
}
