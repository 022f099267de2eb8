using KnSock.Simulation.Results;

namespace KnSock.Simulation.Optimum;

/// <summary>Adds up what a plan comes to.</summary>
/// <param name="kbps">Rates of the rungs' pictures.</param>
internal sealed class Tally(IReadOnlyList<double> kbps)
{
    private readonly Quality _quality = new(kbps);
    private double _shown;
    private double _utility;
    private double _kilobits;
    private double _change;
    private int _switches;
    private int? _last;

    /// <summary>Media of a rung are shown.</summary>
    public void Show(int rung, double seconds)
    {
        if (seconds <= 0)
        {
            return;
        }

        if (_last is { } last && last != rung)
        {
            _change += Math.Abs(_quality.Utility(rung) - _quality.Utility(last));
            _switches++;
        }

        _last = rung;
        _shown += seconds;
        _utility += _quality.Utility(rung) * seconds;
        _kilobits += kbps[rung] * seconds;
    }

    /// <summary>The sum.</summary>
    /// <param name="watched">From the first picture to the end.</param>
    /// <param name="stalled">For how long of it the picture stood still.</param>
    /// <param name="stalls">How often it did.</param>
    /// <param name="latency">How far behind the live edge it was.</param>
    /// <param name="startUp">When the first picture came.</param>
    public Outcome Sum(double watched, double stalled, int stalls, double latency, double startUp) => new()
    {
        WatchedSeconds = watched,
        MeanUtility = _shown > 0 ? _utility / _shown : 0,
        MeanKbps = _shown > 0 ? _kilobits / _shown : 0,
        StalledSeconds = stalled,
        Stalls = stalls,
        UtilityChange = _change,
        Switches = _switches,
        LatencyP50Ms = latency * 1000,
        LatencyP95Ms = latency * 1000,
        StartUpMs = startUp * 1000,
        ProbeShare = 0,
    };

    /// <summary>What it comes to when there never is a picture.</summary>
    public Outcome Nothing(double seconds) => Sum(seconds, seconds, stalls: 1, latency: 0, seconds);
}
