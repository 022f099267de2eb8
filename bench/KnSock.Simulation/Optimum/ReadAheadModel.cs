using KnSock.Simulation.Results;

namespace KnSock.Simulation.Optimum;

/// <summary>A viewer with read-ahead on a link whose capacity is known, as a fluid: GOPs one after the other, as soon as there is room.</summary>
/// <remarks>
/// Better than any real run, in that the frames of a GOP weigh the same, there is no delay between server and viewer, and room is used the moment that it comes free.
/// Playout is late once and for all: what stalls add up to is the most by which any frame came too late for a playout without stalls.
/// </remarks>
internal sealed class ReadAheadModel
{
    /// <summary>Of the frames of a GOP so many, and the last one, are held against playout.</summary>
    private const int Checks = 5;

    private readonly PlanSetup _setup;
    private readonly double _room;
    private readonly int[] _checked;

    public ReadAheadModel(PlanSetup setup)
    {
        (_setup, _room, Gops) = (setup, setup.Setting.Delay.TotalSeconds, new PlanGops(setup));
        _checked = [.. Enumerable.Range(0, Checks).Select(i => i * setup.FramesPerGop / Checks).Append(setup.FramesPerGop - 1).Distinct()];
    }

    public PlanGops Gops { get; }

    /// <summary>The state when the first GOP is there, and when playout began: positive infinity if never.</summary>
    public (double PlaysFrom, Sent State) Start(int rung)
    {
        var length = Gops.Lengths[0];
        var share = Math.Min(1, (_setup.StartSeconds ?? length) / length);
        var playsFrom = _setup.Capacity.After(_setup.JoinSeconds, Gops.Bits[0][rung] * share);
        return playsFrom >= _setup.Seconds
            ? (double.PositiveInfinity, default)
            : (playsFrom, Send(0, rung, new Sent(_setup.JoinSeconds, 0), playsFrom));
    }

    /// <summary>Sends a GOP.</summary>
    /// <param name="gop">Which.</param>
    /// <param name="rung">In which rung.</param>
    /// <param name="before">How it stood before.</param>
    /// <param name="playsFrom">When playout began.</param>
    public Sent Send(int gop, int rung, in Sent before, double playsFrom)
    {
        var (stalled, length, bits) = (before.Stalled, Gops.Lengths[gop], Gops.Bits[gop][rung]);
        var due = playsFrom + Gops.Starts[gop];
        var from = gop == 0 ? before.Free : Math.Max(before.Free, due + stalled - _room);
        var end = Comes(_setup.FramesPerGop - 1, from, bits, due + stalled, length);
        return new Sent(end, end > due + stalled ? Late(from, bits, due, length, stalled) : stalled);
    }

    /// <summary>What comes of a plan.</summary>
    /// <param name="rungs">The rung of each GOP.</param>
    public Outcome Evaluate(IReadOnlyList<int> rungs)
    {
        var tally = new Tally(_setup.PictureKbps);
        var (playsFrom, state) = Start(rungs[0]);
        if (double.IsPositiveInfinity(playsFrom))
        {
            return tally.Nothing(_setup.Seconds);
        }

        var (watched, stalls, gop) = (_setup.Seconds - playsFrom, state.Stalled > 0 ? 1 : 0, 1);
        for (; gop < Gops.Count && Gops.Starts[gop] < watched - state.Stalled; gop++)
        {
            var before = state.Stalled;
            state = Send(gop, rungs[gop], state, playsFrom);
            stalls += state.Stalled > before ? 1 : 0;
        }

        for (var i = 0; i < gop; i++)
        {
            tally.Show(rungs[i], Math.Min(Gops.Lengths[i], watched - state.Stalled - Gops.Starts[i]));
        }

        return tally.Sum(watched, state.Stalled, stalls, playsFrom + state.Stalled, playsFrom);
    }

    /// <summary>By how much playout is late after a GOP.</summary>
    private double Late(double from, double bits, double due, double length, double stalled)
    {
        foreach (var frame in _checked)
        {
            var at = due + (length * frame / _setup.FramesPerGop);
            if (at + stalled >= _setup.Seconds)
            {
                break;
            }

            stalled = Math.Max(stalled, Math.Min(_setup.Seconds, Comes(frame, from, bits, due + stalled, length)) - at);
        }

        return stalled;
    }

    /// <summary>When a frame comes: behind those before it, and not before there is room for it.</summary>
    private double Comes(int frame, double from, double bits, double due, double length)
    {
        var behind = _setup.Capacity.After(from, bits * (frame + 1) / _setup.FramesPerGop);
        var room = due + (length * frame / _setup.FramesPerGop) - _room;
        return room <= from ? behind : Math.Max(behind, _setup.Capacity.After(room, bits / _setup.FramesPerGop));
    }

    /// <summary>How it stands after a GOP.</summary>
    /// <param name="Free">When the link is free.</param>
    /// <param name="Stalled">What stalls add up to.</param>
    internal readonly record struct Sent(double Free, double Stalled);
}
