using System.Globalization;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using KnSock.Simulation.Reports;
using KnSock.Simulation.Results;
using static KnSock.Simulation.Tests.Reports.Runs;

namespace KnSock.Simulation.Tests.Reports;

public sealed partial class TracePlotTests
{
    private static readonly XNamespace Svg = "http://www.w3.org/2000/svg";

    [Fact]
    public void EachRunHasALineInEachPanelOursOnTop()
    {
        var svg = Draw(WithMoments(Run("knsock", "3g_a", 1)), WithMoments(Run("bba", "3g_a", 1)));
        var lines = Lines(svg);
        Assert.Equal(6, lines.Count);
        Assert.Equal(["6 4", "none", "6 4", "none", "6 4", "none"], lines.Select(l => l.Attribute("stroke-dasharray")!.Value), StringComparer.Ordinal);
        Assert.Single(svg.Elements(Svg + "path"), p => p.Attribute("class")?.Value is "capacity");
        Assert.Contains(svg.Elements(Svg + "text"), t => t.Value is "seconds since joining");
    }

    [Fact]
    public void ARungIsAStepAndWhatIsNotThereAGap()
    {
        var run = Run("knsock", "3g_a", 1) with
        {
            Moments = [Moment(0, null, null), Moment(1, 0, 500), Moment(2, 0, 500), Moment(3, 1, null), Moment(4, 1, 700), Moment(5, null, 800)],
        };
        var lines = Lines(Draw(run));

        // Five seconds lie on the axis.
        static double At(double seconds) => TracePlot.Left + (seconds / 5 * (TracePlot.Right - TracePlot.Left));
        Assert.Equal([('M', At(1)), ('H', At(3)), ('V', 0), ('H', At(5))], Commands(lines[0]));
        Assert.Equal([('M', At(1)), ('L', At(2)), ('M', At(4)), ('L', At(5))], Commands(lines[2]));
    }

    [Fact]
    public void TheTimeThatThePictureStoodStillIsMarked()
    {
        var svg = Draw(WithMoments(Run("knsock", "3g_a", 1)));
        var mark = Assert.Single(svg.Elements(Svg + "rect"), r => r.Attribute("height")!.Value is "12");
        double Number(string name) => double.Parse(mark.Attribute(name)!.Value, CultureInfo.InvariantCulture);

        // From 6 to 9 s of 19.5.
        var second = (TracePlot.Right - TracePlot.Left) / 19.5;
        Assert.Equal(TracePlot.Left + (6 * second), Number("x"), 0.01);
        Assert.Equal(3 * second, Number("width"), 0.01);
    }

    [Fact]
    public void CapacityFarBeyondTheHighestRungIsCutAtTheTop()
    {
        var run = Run("knsock", "5g_a", 1) with { Moments = [Moment(0, 3, 500), Moment(1, 3, 500) with { CapacityKbps = 900_000 }] };
        var ticks = Draw(run).Elements(Svg + "text").Select(t => t.Value).ToList();
        Assert.Contains("4,000", ticks, StringComparer.Ordinal);
        Assert.DoesNotContain("10,000", ticks, StringComparer.Ordinal);
    }

    private static Moment Moment(double seconds, int? rung, double? latencyMs) => new(seconds, 1000, 1, rung, latencyMs, IsStalled: false);

    private static XElement Draw(params RunResult[] runs) => TracePlot.Draw(runs, RungKbps, "title", "description");

    private static List<XElement> Lines(XElement svg) => [.. svg.Elements(Svg + "path").Where(p => p.Attribute("class")?.Value is "run")];

    /// <summary>Each command of a path with how far to the right it goes; 0 for what goes only down.</summary>
    private static List<(char Command, double Across)> Commands(XElement path) =>
    [
        .. Command().Matches(path.Attribute("d")!.Value).Select(m => (m.Value[0], m.Value[0] is 'V' ? 0 : double.Parse(m.Value.AsSpan(1), CultureInfo.InvariantCulture))),
    ];

    [GeneratedRegex("[MLHV][-0-9.]+", RegexOptions.None, 1000)]
    private static partial Regex Command();
}
