using KnSock.Simulation.Results;

namespace KnSock.Simulation.Optimum;

/// <summary>The best plan of all those whose stalls add up to something between two limits, by dynamic programming over GOPs.</summary>
/// <remarks>
/// A state is the rung, when the link is free and the stall until then. Of states of one rung that lie in one bucket of time only one is kept, with the best of each: the earliest
/// time, the least stall, the highest value; so what comes out is an upper bound, which comes down to the best plan as the bucket gets smaller. With fixed
/// limits on the stall, the value of a plan is a sum over its GOPs, which it would not be otherwise: a stall late in a run counts what came too late before.
/// </remarks>
internal sealed class ReadAheadSearch(PlanSetup setup, ReadAheadModel model)
{
    private readonly Quality _quality = new(setup.PictureKbps);
    private readonly double[] _utilities = [.. Enumerable.Range(0, setup.PictureKbps.Count).Select(new Quality(setup.PictureKbps).Utility)];
    private readonly int _rungs = setup.PictureKbps.Count;
    private readonly List<Label> _labels = [];
    private Label[] _cells = [];
    private int[] _stamps = [];
    private int _stamp;

    /// <summary>The best plan between limits; null if there is none.</summary>
    /// <param name="firstRung">The rung of the first GOP.</param>
    /// <param name="least">The least stall, seconds; it is what is reckoned.</param>
    /// <param name="most">The most stall, seconds.</param>
    /// <param name="bucket">Width of a bucket, seconds.</param>
    public Found? Best(int firstRung, double least, double most, double bucket)
    {
        var (playsFrom, start) = model.Start(firstRung);
        var watched = setup.Seconds - playsFrom;
        var range = new Range(playsFrom, watched, least, most, watched - least, watched - most, bucket);
        if (start.Stalled > most)
        {
            return null;
        }

        _labels.Clear();
        _labels.Add(new Label(start, Worth(0, firstRung, -1, range), -1, firstRung));
        var (begin, end, gop) = (0, 1, 1);
        for (; gop < model.Gops.Count && model.Gops.Starts[gop] < range.MostShown && end > begin; gop++)
        {
            Expand(gop, begin, end, range);
            Keep(gop, range);
            (begin, end) = (end, _labels.Count);
        }

        return end > begin ? Finish(begin, end, gop, range) : null;
    }

    private void Expand(int gop, int begin, int end, in Range range)
    {
        var buckets = Bucket(double.PositiveInfinity, gop, range) + 1;
        if (_cells.Length < buckets * _rungs)
        {
            (_cells, _stamps) = (new Label[buckets * _rungs], new int[buckets * _rungs]);
        }

        _stamp++;
        for (var from = begin; from < end; from++)
        {
            var label = _labels[from];
            for (var rung = 0; rung < _rungs; rung++)
            {
                var state = model.Send(gop, rung, label.State, range.PlaysFrom);
                if (state.Stalled > range.Most + 1e-9 && model.Gops.Starts[gop] < range.LeastShown)
                {
                    continue;
                }

                Merge((Bucket(state.Free, gop, range) * _rungs) + rung, new Label(state, label.Value + Worth(gop, rung, label.Rung, range), from, rung));
            }
        }
    }

    private void Merge(int cell, in Label label)
    {
        if (_stamps[cell] != _stamp)
        {
            (_stamps[cell], _cells[cell]) = (_stamp, label);
            return;
        }

        var other = _cells[cell];
        var best = label.Value > other.Value ? label : other;
        _cells[cell] = best with { State = new(Math.Min(label.State.Free, other.State.Free), Math.Min(label.State.Stalled, other.State.Stalled)) };
    }

    /// <summary>Keeps the states that are not worse than an earlier one, a change of rung reckoned in.</summary>
    private void Keep(int gop, in Range range)
    {
        var buckets = Bucket(double.PositiveInfinity, gop, range) + 1;
        var best = new (double Value, double Stalled)[_rungs];
        Array.Fill(best, (double.NegativeInfinity, double.PositiveInfinity));
        for (var cell = 0; cell < buckets * _rungs; cell++)
        {
            if (_stamps[cell] != _stamp)
            {
                continue;
            }

            var (label, isWorse) = (_cells[cell], false);
            for (var rung = 0; rung < _rungs && !isWorse; rung++)
            {
                isWorse = best[rung].Stalled <= label.State.Stalled && best[rung].Value - Change(gop, rung, label.Rung, range) >= label.Value;
            }

            if (!isWorse)
            {
                _labels.Add(label);
                best[label.Rung] = label.Value >= best[label.Rung].Value ? (label.Value, label.State.Stalled) : best[label.Rung];
            }
        }
    }

    private Found Finish(int begin, int end, int gops, in Range range)
    {
        var cost = setup.StallFactor * _quality.StallWeight / range.Watched;
        var ends = new (double Value, double Stalled)[end - begin];
        var best = begin;
        for (var i = begin; i < end; i++)
        {
            ends[i - begin] = (_labels[i].Value, _labels[i].State.Stalled);
            best = Worth(i) > Worth(best) ? i : best;
        }

        var rungs = new int[gops];
        for (var (gop, at) = (gops - 1, best); gop >= 0; gop--, at = _labels[at].Parent)
        {
            rungs[gop] = _labels[at].Rung;
        }

        return new Found(rungs, ends, range.Most);

        double Worth(int label) => _labels[label].Value - (cost * _labels[label].State.Stalled);
    }

    /// <summary>What a GOP adds to the quality.</summary>
    private double Worth(int gop, int rung, int before, in Range range)
    {
        var shown = Math.Min(model.Gops.Lengths[gop], range.MostShown - model.Gops.Starts[gop]);
        return (_utilities[rung] * shown / Math.Max(range.LeastShown, 1e-6)) - (before < 0 ? 0 : Change(gop, rung, before, range));
    }

    /// <summary>What a change of rung costs; nothing where it may not be seen any more.</summary>
    private double Change(int gop, int rung, int before, in Range range) =>
        model.Gops.Starts[gop] < range.LeastShown ? Quality.ChangeWeight * Math.Abs(_utilities[rung] - _utilities[before]) / range.Watched : 0;

    /// <summary>The bucket of a time at which the link is free again after a GOP, by how far that is ahead of playout.</summary>
    private int Bucket(double free, int gop, in Range range)
    {
        var room = setup.Setting.Delay.TotalSeconds;
        var late = free - range.PlaysFrom - model.Gops.Starts[gop] - model.Gops.Lengths[gop];
        return (int)((Math.Clamp(late, -room, range.Most) + room) / range.Bucket);
    }

    /// <summary>What was found.</summary>
    /// <param name="Rungs">The best plan: the rung of each GOP.</param>
    /// <param name="Ends">What the plans are worth that remained, without their stalls, and these.</param>
    /// <param name="Most">The most stall that was let pass.</param>
    internal sealed record Found(IReadOnlyList<int> Rungs, IReadOnlyList<(double Value, double Stalled)> Ends, double Most)
    {
        /// <summary>What the best plan is worth, with no less stall than this.</summary>
        public double ValueFrom(double least, double cost)
        {
            var best = double.NegativeInfinity;
            foreach (var (value, stalled) in Ends)
            {
                best = Math.Max(best, value - (cost * Math.Clamp(stalled, least, Most)));
            }

            return best;
        }
    }

    private readonly record struct Label(ReadAheadModel.Sent State, double Value, int Parent, int Rung);

    private readonly record struct Range(double PlaysFrom, double Watched, double Least, double Most, double MostShown, double LeastShown, double Bucket);
}
