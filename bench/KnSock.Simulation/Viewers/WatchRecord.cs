using KnSock.Media;
using KnSock.Simulation.Results;

namespace KnSock.Simulation.Viewers;

/// <summary>Keeps account of the pictures that a viewer saw.</summary>
/// <param name="quality">What the rungs are worth.</param>
/// <param name="rungs">How many there are.</param>
/// <param name="joined">When it joined, on the server's clock, by which the broadcast runs.</param>
internal sealed class WatchRecord(Quality quality, int rungs, TimeSpan joined)
{
    /// <summary>Who sees a picture for longer than this sees that it stands still.</summary>
    public static readonly TimeSpan StandsStillAfter = TimeSpan.FromMilliseconds(80);

    private readonly List<double> _latencies = [];
    private readonly int[] _shown = new int[rungs];
    private readonly BlockAccount _blocks = new(joined);
    private TimeSpan? _first;
    private TimeSpan _last;
    private TimeSpan _stalled;
    private int _stalls;
    private double _change;
    private int _switches;

    /// <summary>Rung of the picture seen. Null: there is none yet.</summary>
    public int? Rung { get; private set; }

    /// <summary>How far the picture seen was behind the live edge when it was shown, milliseconds. Null: there is none yet.</summary>
    public double? LatencyMs => _latencies.Count > 0 ? _latencies[^1] : null;

    /// <summary>How long each picture is seen.</summary>
    public required TimeSpan Frame { get; init; }

    /// <summary>Whether the picture stands still.</summary>
    public bool IsStalledAt(TimeSpan now) => _first is not null && now - _last > StandsStillAfter;

    /// <summary>A picture is shown.</summary>
    public void OnShown(TimeSpan now, Timestamp pts, int rung)
    {
        var change = 0.0;
        if (_first is null)
        {
            _first = now;
        }
        else
        {
            NoteInterval(now);
            if (rung != Rung)
            {
                change = Math.Abs(quality.Utility(rung) - quality.Utility(Rung!.Value));
                _change += change;
                _switches++;
            }
        }

        _blocks.Show(now, quality.Utility(rung), change);
        (_last, Rung) = (now, rung);
        _shown[rung]++;
        _latencies.Add((now - pts.SinceZero).TotalMilliseconds);
    }

    /// <summary>What was seen by the end in each part of the run. To be asked for last, and once.</summary>
    public IReadOnlyList<Block> Blocks(TimeSpan end) => _first is { } first ? _blocks.Watched(first, end) : [];

    /// <summary>What was seen by the end.</summary>
    /// <param name="kbps">Rates of the rungs' pictures.</param>
    /// <param name="probeShare">Share of the bytes sent that were padding.</param>
    /// <param name="now">The end.</param>
    public Outcome OutcomeAt(IReadOnlyList<double> kbps, double probeShare, TimeSpan now)
    {
        if (_first is not { } first)
        {
            // Nothing at all: a stall from beginning to end.
            return new Outcome
            {
                WatchedSeconds = (now - joined).TotalSeconds,
                MeanUtility = 0,
                MeanKbps = 0,
                StalledSeconds = (now - joined).TotalSeconds,
                Stalls = 1,
                UtilityChange = 0,
                Switches = 0,
                LatencyP50Ms = 0,
                LatencyP95Ms = 0,
                StartUpMs = (now - joined).TotalMilliseconds,
                ProbeShare = probeShare,
            };
        }

        NoteInterval(now);
        var pictures = _shown.Sum();
        _latencies.Sort();
        return new Outcome
        {
            WatchedSeconds = Math.Max((now - first).TotalSeconds, Frame.TotalSeconds),
            MeanUtility = _shown.Select((count, rung) => count * quality.Utility(rung)).Sum() / pictures,
            MeanKbps = _shown.Select((count, rung) => count * kbps[rung]).Sum() / pictures,
            StalledSeconds = _stalled.TotalSeconds,
            Stalls = _stalls,
            UtilityChange = _change,
            Switches = _switches,
            LatencyP50Ms = _latencies[(int)((_latencies.Count - 1) * 0.5)],
            LatencyP95Ms = _latencies[(int)((_latencies.Count - 1) * 0.95)],
            StartUpMs = (first - joined).TotalMilliseconds,
            ProbeShare = probeShare,
        };
    }

    private void NoteInterval(TimeSpan now)
    {
        var interval = now - _last;
        if (interval > StandsStillAfter)
        {
            _stalled += interval - Frame;
            _blocks.Stall(_last + Frame, now);
            _stalls++;
        }
    }
}
