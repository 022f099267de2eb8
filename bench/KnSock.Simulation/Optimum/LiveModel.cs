using KnSock.Simulation.Results;

namespace KnSock.Simulation.Optimum;

/// <summary>A viewer at the live edge on a link whose capacity is known: each frame goes out as it comes into being, and is of use if it comes within the target delay.</summary>
/// <remarks>
/// Pictures that come later stand for what was before them, and playout does not fall behind for it. At the start of a GOP the sender may drop what it has not begun
/// to send of those before.
/// </remarks>
internal sealed class LiveModel
{
    private const double Rounding = 1e-9;

    private readonly PlanSetup _setup;
    private readonly double _delay;

    public LiveModel(PlanSetup setup, int firstRung)
    {
        (_setup, _delay, Gops) = (setup, setup.Setting.Delay.TotalSeconds, new PlanGops(setup));
        ShownFrom = FirstOnTime(firstRung);
        for (var gop = 0; gop < Gops.Count; gop++)
        {
            Watched += Counted(gop) * FrameSeconds(gop);
        }
    }

    public PlanGops Gops { get; }

    /// <summary>Where in the media the first picture is that comes in time; positive infinity: there is none.</summary>
    public double ShownFrom { get; }

    /// <summary>From the first picture to the end, seconds.</summary>
    public double Watched { get; }

    /// <summary>When the first picture is shown, seconds after joining.</summary>
    public double StartUp => ShownFrom + _delay;

    public double FrameSeconds(int gop) => Gops.Lengths[gop] / _setup.FramesPerGop;

    /// <summary>When the sender may drop what is left of a GOP, as seen behind the link.</summary>
    public double EndOf(int gop) => Gops.Starts[gop] + Gops.Lengths[gop] + _setup.OneWaySeconds;

    /// <summary>Sends a GOP.</summary>
    /// <param name="gop">Which.</param>
    /// <param name="rung">In which rung.</param>
    /// <param name="free">When the link is free.</param>
    /// <param name="arrivals">Takes when each of its frames comes.</param>
    public void Send(int gop, int rung, double free, Span<double> arrivals)
    {
        var bits = Gops.Bits[gop][rung];
        var keyframe = Math.Clamp(Gops.KeyframeBits[gop]?[rung] ?? 0, bits / arrivals.Length, bits);
        var other = arrivals.Length > 1 ? (bits - keyframe) / (arrivals.Length - 1) : 0;
        for (var i = 0; i < arrivals.Length; i++)
        {
            var from = Math.Max(Math.Max(free, _setup.JoinSeconds), At(gop, i) + _setup.OneWaySeconds);
            arrivals[i] = free = _setup.Capacity.After(from, i == 0 ? keyframe : other);
        }
    }

    /// <summary>A frame that comes at a time is shown, and falls into what is watched.</summary>
    public bool IsShown(int gop, int frame, double arrival) => IsCounted(gop, frame) && arrival <= At(gop, frame) + _delay + Rounding;

    /// <summary>How many frames of a GOP fall into what is watched.</summary>
    public int Counted(int gop) => Enumerable.Range(0, _setup.FramesPerGop).Count(frame => IsCounted(gop, frame));

    /// <summary>What comes of a plan.</summary>
    /// <param name="rungs">The rung of each GOP.</param>
    /// <param name="kept">How many frames of each GOP are wanted; those behind them are dropped if they were not begun when the next GOP begins.</param>
    public Outcome Evaluate(IReadOnlyList<int> rungs, IReadOnlyList<int> kept)
    {
        var tally = new Tally(_setup.PictureKbps);
        if (double.IsPositiveInfinity(ShownFrom))
        {
            return tally.Nothing(_setup.Seconds);
        }

        var (free, shown, stalls) = (0.0, 0.0, 0);
        Span<double> arrivals = stackalloc double[_setup.FramesPerGop];
        for (var gop = 0; gop < Gops.Count; gop++)
        {
            Send(gop, rungs[gop], free, arrivals);
            var count = 0;
            for (var frame = 0; frame < arrivals.Length; frame++)
            {
                if (frame >= kept[gop] && free >= EndOf(gop))
                {
                    break;
                }

                count += IsShown(gop, frame, arrivals[frame]) ? 1 : 0;
                free = arrivals[frame];
            }

            tally.Show(rungs[gop], count * FrameSeconds(gop));
            shown += count * FrameSeconds(gop);
            stalls += count < Counted(gop) ? 1 : 0;
        }

        return tally.Sum(Watched, Math.Max(0, Watched - shown), stalls, _delay, StartUp);
    }

    private double At(int gop, int frame) => Gops.Starts[gop] + (Gops.Lengths[gop] * frame / _setup.FramesPerGop);

    private bool IsCounted(int gop, int frame) => At(gop, frame) is var at && at >= ShownFrom - Rounding && at + _delay < _setup.Seconds - Rounding;

    private double FirstOnTime(int firstRung)
    {
        var free = 0.0;
        Span<double> arrivals = stackalloc double[_setup.FramesPerGop];
        for (var gop = 0; gop < Gops.Count; gop++)
        {
            Send(gop, gop == 0 ? firstRung : 0, free, arrivals);
            for (var frame = 0; frame < arrivals.Length && free < EndOf(gop); frame++)
            {
                if (arrivals[frame] <= At(gop, frame) + _delay + Rounding)
                {
                    return At(gop, frame);
                }

                free = arrivals[frame];
            }
        }

        return double.PositiveInfinity;
    }
}
