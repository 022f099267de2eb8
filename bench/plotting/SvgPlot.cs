using System.Xml.Linq;
using static KnSock.Plotting.SvgShapes;

namespace KnSock.Plotting;

/// <summary>Draws a plot as SVG. The same plot gives the same text; there is no background, and all colours stand out on white and on dark alike.</summary>
internal static class SvgPlot
{
    /// <summary>Left end of the axes; their other ends follow.</summary>
    internal const double Left = 78;
    internal const double Right = 638;
    internal const double Top = 48;
    internal const double Bottom = 360;

    private const double Height = 416;
    private const double LegendLeft = Right + 28;
    private const double LegendLine = 24;
    private const double LetterWidth = 7.5;
    private const int Shapes = 4;
    private const double MarkerSize = 4.5;
    private const double OpenMarkerSize = 8;

    /// <summary>Draws a file. Points that have no place (not a number, zero on a logarithmic axis) are left out.</summary>
    public static string Draw(Plot plot) => Written(DrawElement(plot));

    /// <summary>Draws what is to stand within a page.</summary>
    public static XElement DrawElement(Plot plot)
    {
        List<(PlotSeries Series, List<PlotPoint> Points)> all = [.. plot.Series.Select(s => (s, DrawableOf(s, plot.IsXLogarithmic)))];
        List<PlotPoint> points = [.. all.SelectMany(s => s.Points)];
        double[] xs = [.. points.Select(p => p.X)];
        var x = plot.IsXLogarithmic ? PlotAxis.Logarithmic(xs) : PlotAxis.Linear(xs, isWhole: true, plot.IsXFromZero);
        var y = PlotAxis.Linear([.. points.Select(p => p.Y)]);
        var width = LegendLeft + 36 + (LetterWidth * plot.Series.Select(s => s.Name.Length).Append(0).Max());
        var root = Element(
            "svg",
            ("viewBox", $"0 0 {Number(width)} {Number(Height)}"), ("width", Number(width)), ("height", Number(Height)),
            ("role", "img"), ("font-family", "sans-serif"), ("font-size", "13"), ("fill", Ink));
        root.Add(Words("title", plot.Title), plot.Description is { } description ? Words("desc", description) : null);
        root.Add(Text(plot.Title, Left, 26, "start", ("font-size", "16"), ("font-weight", "bold")));
        root.Add(XAxis(plot, x), YAxis(plot, y));
        if (points.Count == 0)
        {
            root.Add(Text("no figures", (Left + Right) / 2, (Top + Bottom) / 2, "middle"));
        }

        for (var i = 0; i < all.Count; i++)
        {
            root.Add(Line(all[i].Series, i, [.. all[i].Points.Select(p => (AcrossOf(x, p.X), DownOf(y, p.Y)))]), Legend(all[i].Series, i));
        }

        return root;
    }

    private static List<PlotPoint> DrawableOf(PlotSeries series, bool isLogarithmic) =>
        [.. series.Points.Where(p => Math.Abs(p.X) <= PlotAxis.Largest && Math.Abs(p.Y) <= PlotAxis.Largest && (!isLogarithmic || p.X > 1 / PlotAxis.Largest)).OrderBy(p => p.X)];

    private static double AcrossOf(PlotAxis x, double value) => Left + (x.Place(value) * (Right - Left));

    private static double DownOf(PlotAxis y, double value) => Bottom - (y.Place(value) * (Bottom - Top));

    private static XElement XAxis(Plot plot, PlotAxis axis)
    {
        var group = Element("g", ("class", "x"));
        group.Add(Stroke(Left, Bottom, Right, Bottom, Ink));
        foreach (var tick in axis.Ticks)
        {
            var across = AcrossOf(axis, tick);
            group.Add(Stroke(across, Bottom, across, Bottom + 5, Ink), Text(axis.TextOf(tick), across, Bottom + 20, "middle", ("class", "tick")));
        }

        group.Add(Text(plot.XLabel, (Left + Right) / 2, Bottom + 44, "middle"));
        return group;
    }

    private static XElement YAxis(Plot plot, PlotAxis axis)
    {
        var group = Element("g", ("class", "y"));
        group.Add(Stroke(Left, Bottom, Left, Top, Ink));
        foreach (var tick in axis.Ticks)
        {
            var down = DownOf(axis, tick);
            group.Add(Stroke(Left - 5, down, Left, down, Ink), Stroke(Left, down, Right, down, Ink, ("stroke-opacity", "0.25")));
            group.Add(Text(axis.TextOf(tick), Left - 9, down + 4.5, "end", ("class", "tick")));
        }

        var middle = (Top + Bottom) / 2;
        group.Add(Text(plot.YLabel, 18, middle, "middle", ("transform", $"rotate(-90 18 {Number(middle)})")));
        return group;
    }

    private static XElement Line(PlotSeries series, int index, IReadOnlyList<(double X, double Y)> places)
    {
        var color = Colors[series.Color % Colors.Count];
        var group = Element("g", ("class", "series"));
        if (places.Count > 1)
        {
            var line = Element("polyline", ("points", Points(places)), ("fill", "none"), ("stroke", color), ("stroke-width", "2"));
            line.Add(series.IsDashed ? new XAttribute("stroke-dasharray", Dashes) : null);
            group.Add(line);
        }

        group.Add(places.Select(p => Marker(index, color, p.X, p.Y)));
        return group;
    }

    private static XElement Legend(PlotSeries series, int index)
    {
        var (color, down) = (Colors[series.Color % Colors.Count], Top + 8 + (index * LegendLine));
        var group = Element("g", ("class", "legend"));
        if (series.Points.Count > 1)
        {
            var line = Stroke(LegendLeft, down, LegendLeft + 24, down, color, ("stroke-width", "2"));
            line.Add(series.IsDashed ? new XAttribute("stroke-dasharray", Dashes) : null);
            group.Add(line);
        }

        group.Add(Marker(index, color, LegendLeft + 12, down), Text(series.Name, LegendLeft + 32, down + 4.5, "start"));
        return group;
    }

    /// <summary>Series differ by more than colour: four shapes, then the same open and so large that a filled one shows within.</summary>
    private static XElement Marker(int index, string color, double x, double y)
    {
        var isOpen = index % (2 * Shapes) >= Shapes;
        var s = isOpen ? OpenMarkerSize : MarkerSize;
        var marker = (index % Shapes) switch
        {
            0 => Element("circle", ("cx", Number(x)), ("cy", Number(y)), ("r", Number(s))),
            1 => Element("rect", ("x", Number(x - s)), ("y", Number(y - s)), ("width", Number(2 * s)), ("height", Number(2 * s))),
            2 => Element("polygon", ("points", Points([(x - s - 1, y + s), (x, y - s - 1), (x + s + 1, y + s)]))),
            _ => Element("polygon", ("points", Points([(x - s - 1.5, y), (x, y - s - 1.5), (x + s + 1.5, y), (x, y + s + 1.5)]))),
        };
        marker.SetAttributeValue("fill", isOpen ? "none" : color);
        if (isOpen)
        {
            marker.Add(new XAttribute("stroke", color), new XAttribute("stroke-width", "2"));
        }

        return marker;
    }
}
