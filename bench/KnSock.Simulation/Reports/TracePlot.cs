using System.Text;
using System.Xml.Linq;
using KnSock.Plotting;
using KnSock.Simulation.Results;
using static KnSock.Plotting.SvgShapes;

namespace KnSock.Simulation.Reports;

/// <summary>Draws how runs on one trace went: capacity with the rungs shown, then when the picture stood still, the buffer and the latency, over one time.</summary>
internal sealed class TracePlot
{
    /// <summary>Left end of the axes; their right end follows.</summary>
    internal const double Left = 74;
    internal const double Right = 944;

    private const double Width = 960;
    private const double Gap = 26;
    private const double StripHeight = 12;
    private const double RatesTop = 40;
    private const double RatesHeight = 190;
    private const double LowerHeight = 96;
    private const string StallColor = "#d64545";

    /// <summary>Beyond so many times the highest rung it says no more how much a link carries.</summary>
    private const double MostCapacity = 1.5;

    private readonly IReadOnlyList<RunResult> _runs;
    private readonly IReadOnlyList<double> _rungKbps;
    private readonly double _end;
    private readonly XElement _root;
    private double _down = RatesTop;

    private TracePlot(IReadOnlyList<RunResult> runs, IReadOnlyList<double> rungKbps)
    {
        (_runs, _rungKbps) = (runs, rungKbps);
        _end = Math.Max(1, runs.SelectMany(r => r.Moments).Max(m => Drawable(m.Seconds)));
        _root = Element("svg", ("role", "img"), ("font-family", "sans-serif"), ("font-size", "12"), ("fill", Ink));
    }

    /// <summary>Draws.</summary>
    /// <param name="runs">Those that are drawn over each other, each with its moments; the first on top.</param>
    /// <param name="rungKbps">Rates of the rungs.</param>
    /// <param name="title">What it shows.</param>
    /// <param name="description">The same for those who cannot see it, in more words.</param>
    public static XElement Draw(IReadOnlyList<RunResult> runs, IReadOnlyList<double> rungKbps, string title, string description)
    {
        var plot = new TracePlot(runs, rungKbps);
        plot._root.Add(Words("title", title), Words("desc", description));
        plot.Legend();
        plot.Rates();
        plot.Stalls();
        plot.Figure("buffer, s", m => m.BufferSeconds);
        plot.Figure("latency, ms", m => m.LatencyMs);
        plot.Seconds();
        plot._root.SetAttributeValue("viewBox", $"0 0 {Number(Width)} {Number(plot._down)}");
        return plot._root;
    }

    private void Legend()
    {
        var across = Left;
        foreach (var (run, i) in _runs.Select((r, i) => (r, i)))
        {
            _root.Add(Stroke(across, 18, across + 26, 18, ColorOf(i), ("stroke-width", "2.5"), ("stroke-dasharray", DashesOf(i))), Text(run.Policy, across + 32, 22, "start"));
            across += 60 + (8 * run.Policy.Length);
        }

        _root.Add(Block(across, 11, 26, 14, Ink, "0.25"), Text("capacity", across + 32, 22, "start"));
        across += 60 + (8 * "capacity".Length);
        _root.Add(Block(across, 11, 26, 14, StallColor, "0.85"), Text("picture stands still", across + 32, 22, "start"));
    }

    private void Rates()
    {
        var moments = _runs[0].Moments;
        var carried = Math.Min(_rungKbps[^1] * MostCapacity, moments.Max(m => Drawable(m.CapacityKbps)));
        var shown = _runs.SelectMany(r => r.Moments).Max(m => m.Rung is { } rung ? _rungKbps[rung] : _rungKbps[0]);
        var frame = Frame("kbit/s", PlotAxis.Linear([carried, shown]), RatesHeight);
        var outline = new StringBuilder($"M{Number(Across(moments[0]))} {Number(frame.Bottom)}");
        double? last = null;
        foreach (var moment in moments.Where(m => m.CapacityKbps != last))
        {
            outline.Append($"H{Number(Across(moment))}V{Number(frame.DownOf(moment.CapacityKbps))}");
            last = moment.CapacityKbps;
        }

        outline.Append($"H{Number(Across(moments[^1]))}V{Number(frame.Bottom)}Z");
        _root.Add(Element("path", ("class", "capacity"), ("d", outline.ToString()), ("fill", Ink), ("fill-opacity", "0.25")));
        Line(frame, m => m.Rung is { } rung ? _rungKbps[rung] : null, isStepped: true);
    }

    private void Stalls()
    {
        foreach (var run in _runs)
        {
            _root.Add(Text(run.Policy, Left - 9, _down + StripHeight - 2, "end", ("font-size", "11")));
            _root.Add(Stroke(Left, _down + StripHeight, Right, _down + StripHeight, Ink, ("stroke-opacity", "0.25")));
            var moments = run.Moments;
            for (var i = 0; i < moments.Count; i++)
            {
                var first = i;
                while (i < moments.Count && moments[i].IsStalled)
                {
                    i++;
                }

                if (i > first)
                {
                    var (from, to) = (Across(moments[first]), Across(moments[Math.Min(i, moments.Count - 1)]));
                    _root.Add(Block(from, _down, Math.Max(2, to - from), StripHeight, StallColor, "0.85"));
                }
            }

            _down += StripHeight + 4;
        }

        _down += Gap - 12;
    }

    private void Figure(string label, Func<Moment, double?> figure)
    {
        List<double> values = [.. _runs.SelectMany(r => r.Moments).Select(figure).OfType<double>().Select(Drawable)];
        if (values.Count > 0)
        {
            Line(Frame(label, PlotAxis.Linear(values), LowerHeight), figure, isStepped: false);
        }
    }

    /// <summary>An axis with its grid below all that is there.</summary>
    private Panel Frame(string label, PlotAxis y, double height)
    {
        var panel = new Panel(_down, _down + height, y);
        foreach (var tick in y.Ticks)
        {
            var down = panel.DownOf(tick);
            _root.Add(Stroke(Left, down, Right, down, Ink, ("stroke-opacity", "0.25")), Text(y.TextOf(tick), Left - 9, down + 4, "end"));
        }

        var middle = (panel.Top + panel.Bottom) / 2;
        _root.Add(Text(label, 14, middle, "middle", ("transform", $"rotate(-90 14 {Number(middle)})")));
        _down = panel.Bottom + Gap;
        return panel;
    }

    /// <summary>A line for each run; broken where there is no figure.</summary>
    private void Line(Panel panel, Func<Moment, double?> figure, bool isStepped)
    {
        for (var i = _runs.Count - 1; i >= 0; i--)
        {
            var line = new StringBuilder();
            double? last = null;
            foreach (var moment in _runs[i].Moments)
            {
                var (across, down) = (Number(Across(moment)), figure(moment) is { } value ? panel.DownOf(value) : (double?)null);
                line.Append((last, down) switch
                {
                    (null, null) => string.Empty,
                    (null, { } now) => $"M{across} {Number(now)}",
                    (_, null) => isStepped ? $"H{across}" : string.Empty,
                    ({ } before, { } now) when isStepped => before == now ? string.Empty : $"H{across}V{Number(now)}",
                    (_, { } now) => $"L{across} {Number(now)}",
                });
                last = down;
            }

            line.Append(isStepped && last is not null ? $"H{Number(Across(_runs[i].Moments[^1]))}" : string.Empty);
            _root.Add(Element(
                "path", ("class", "run"), ("d", line.ToString()), ("fill", "none"), ("stroke", ColorOf(i)), ("stroke-width", i == 0 ? "2" : "1.8"), ("stroke-dasharray", DashesOf(i))));
        }
    }

    private void Seconds()
    {
        var bottom = _down - Gap;
        var axis = PlotAxis.Linear([_end]);
        foreach (var tick in axis.Ticks.Where(t => t <= _end))
        {
            var across = Across(tick);
            _root.Add(Stroke(across, RatesTop, across, bottom + 4, Ink, ("stroke-opacity", "0.25")), Text(axis.TextOf(tick), across, bottom + 18, "middle"));
        }

        _root.Add(Text("seconds since joining", (Left + Right) / 2, bottom + 36, "middle"));
        _down = bottom + 46;
    }

    private double Across(in Moment moment) => Across(Drawable(moment.Seconds));

    private double Across(double seconds) => Left + (seconds / _end * (Right - Left));

    private static double Drawable(double value) => double.IsFinite(value) ? Math.Clamp(value, -PlotAxis.Largest, PlotAxis.Largest) : 0;

    private static string ColorOf(int run) => Colors[run % Colors.Count];

    private static string DashesOf(int run) => run == 0 ? "none" : Dashes;

    private static XElement Block(double x, double y, double width, double height, string color, string opacity) =>
        Element("rect", ("x", Number(x)), ("y", Number(y)), ("width", Number(width)), ("height", Number(height)), ("fill", color), ("fill-opacity", opacity));

    private readonly record struct Panel(double Top, double Bottom, PlotAxis Y)
    {
        public double DownOf(double value) => Bottom - (Math.Clamp(Y.Place(Drawable(value)), 0, 1) * (Bottom - Top));
    }
}
