using System.Globalization;
using System.Xml.Linq;
using KnSock.Plotting;

namespace KnSock.Fanout.Tests;

public sealed class SvgPlotTests
{
    private static readonly XNamespace Svg = "http://www.w3.org/2000/svg";

    [Fact]
    public void Points_lie_within_the_axes_each_at_its_place()
    {
        var svg = Parse(Plot(isLogarithmic: true, Series("a", (100, 0.1), (2000, 0.2), (500, 0)), Series("b", (1000, 0.05))));
        var places = Circles(svg);
        Assert.Equal(3, places.Count);
        Assert.All(places, p => Assert.InRange(p.X, SvgPlot.Left, SvgPlot.Right));
        Assert.All(places, p => Assert.InRange(p.Y, SvgPlot.Top, SvgPlot.Bottom));
        // By x, whatever order they came in; the ends of the axes are values of these.
        Assert.Equal([(SvgPlot.Left, (SvgPlot.Top + SvgPlot.Bottom) / 2), (378.86, SvgPlot.Bottom), (SvgPlot.Right, SvgPlot.Top)], places);
        Assert.Equal(string.Join(' ', places.Select(p => string.Create(CultureInfo.InvariantCulture, $"{p.X},{p.Y}"))), Assert.Single(svg.Descendants(Svg + "polyline")).Attribute("points")!.Value);
    }

    [Fact]
    public void Axes_have_numbers_and_words_and_every_series_a_line_in_the_legend()
    {
        var svg = Parse(Plot(isLogarithmic: true, Series("first", (100, 0.1), (2000, 0.2)), Series("second", (100, 0.15))));
        Assert.Equal(["100", "200", "500", "1,000", "2,000"], Ticks(svg, "x"));
        Assert.Equal(["0.00", "0.05", "0.10", "0.15", "0.20"], Ticks(svg, "y"));
        var words = svg.Descendants(Svg + "text").Select(t => t.Value).ToList();
        Assert.All(["title", "across", "up", "first", "second"], word => Assert.Contains(words, w => w == word));
        Assert.Equal("sans-serif", svg.Attribute("font-family")!.Value);
    }

    [Fact]
    public void Text_is_escaped_and_what_XML_cannot_write_is_replaced()
    {
        const string hostile = "</text><script>\"&'\u0001\ud800\uffff\U0001f600";
        var svg = Parse(Plot(isLogarithmic: false, Series(hostile, (1, 1))) with { Title = hostile, XLabel = hostile, YLabel = hostile });
        Assert.Empty(svg.Descendants(Svg + "script"));
        Assert.Equal(5, svg.Descendants().Count(e => !e.HasElements && e.Value == "</text><script>\"&'\ufffd\ufffd\ufffd\U0001f600"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Nothing_to_draw_and_what_has_no_place_are_no_faults(bool isLogarithmic)
    {
        foreach (var plot in (Plot[])
            [
                Plot(isLogarithmic),
                Plot(isLogarithmic, Series("empty")),
                Plot(isLogarithmic, Series("wild", (double.NaN, 1), (1, double.NaN), (double.PositiveInfinity, 1), (1, double.NegativeInfinity), (double.MaxValue, 1), (1, double.MaxValue))),
            ])
        {
            var svg = Parse(plot);
            Assert.Contains(svg.Descendants(Svg + "text"), t => t.Value is "no figures");
            Assert.NotEmpty(Ticks(svg, "x"));
            Assert.DoesNotContain("NaN", svg.ToString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Zero_has_no_place_on_a_logarithmic_axis()
    {
        var svg = Parse(Plot(isLogarithmic: true, Series("a", (0, 1), (-5, 1), (10, 1))));
        Assert.Single(Circles(svg));
    }

    [Fact]
    public void Series_of_one_colour_differ_by_their_markers()
    {
        var svg = Parse(Plot(isLogarithmic: true, [.. Enumerable.Range(0, 8).Select(i => Series($"{i}", (100, 1)))]));
        var looks = svg.Elements().Where(e => e.Attribute("class")?.Value is "series").Select(e => e.Elements().Single().ToString()).ToList();
        Assert.Equal(8, looks.Distinct(StringComparer.Ordinal).Count());
    }

    [Fact]
    public void The_same_plot_gives_the_same_text()
    {
        var plot = Plot(isLogarithmic: true, Series("a", (100, 0.1), (2000, 0.2)));
        Assert.Equal(SvgPlot.Draw(plot), SvgPlot.Draw(plot with { }));
        Assert.DoesNotContain('\r', SvgPlot.Draw(plot));
    }

    /// <summary>Contrast after WCAG 2.2: 3 for graphics, 4 for our large enough text, on white and on the dark of a code forge.</summary>
    [Fact]
    public void All_colours_stand_out_on_white_and_on_dark()
    {
        foreach (var background in (string[])["#ffffff", "#0d1117"])
        {
            Assert.InRange(Contrast(SvgShapes.Ink, background), 4, 21);
            Assert.All(SvgShapes.Colors, c => Assert.InRange(Contrast(c, background), 3, 21));
        }

        static double Contrast(string a, string b)
        {
            var (x, y) = (Luminance(a), Luminance(b));
            return (Math.Max(x, y) + 0.05) / (Math.Min(x, y) + 0.05);
        }

        static double Luminance(string color)
        {
            double Part(int at)
            {
                var share = int.Parse(color.AsSpan(at, 2), NumberStyles.HexNumber, CultureInfo.InvariantCulture) / 255.0;
                return share <= 0.04045 ? share / 12.92 : Math.Pow((share + 0.055) / 1.055, 2.4);
            }

            return (0.2126 * Part(1)) + (0.7152 * Part(3)) + (0.0722 * Part(5));
        }
    }

    private static Plot Plot(bool isLogarithmic, params PlotSeries[] series) =>
        new() { Title = "title", XLabel = "across", YLabel = "up", IsXLogarithmic = isLogarithmic, Series = series };

    private static PlotSeries Series(string name, params (double X, double Y)[] points) =>
        new() { Name = name, Points = [.. points.Select(p => new PlotPoint(p.X, p.Y))] };

    private static XElement Parse(Plot plot) => XElement.Parse(SvgPlot.Draw(plot));

    private static List<string> Ticks(XElement svg, string axis) =>
        [.. svg.Elements().Single(e => e.Attribute("class")?.Value == axis).Elements(Svg + "text").Where(t => t.Attribute("class")?.Value is "tick").Select(t => t.Value)];

    /// <summary>The markers of the first series.</summary>
    private static List<(double X, double Y)> Circles(XElement svg) =>
    [
        .. svg.Elements().First(e => e.Attribute("class")?.Value is "series").Elements(Svg + "circle")
            .Select(c => (double.Parse(c.Attribute("cx")!.Value, CultureInfo.InvariantCulture), double.Parse(c.Attribute("cy")!.Value, CultureInfo.InvariantCulture))),
    ];
}
