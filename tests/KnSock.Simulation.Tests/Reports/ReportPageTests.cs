using System.Xml.Linq;
using KnSock.Simulation.Reports;
using KnSock.Simulation.Results;
using static KnSock.Simulation.Tests.Reports.Runs;

namespace KnSock.Simulation.Tests.Reports;

public sealed class ReportPageTests
{
    private const string Hostile = "3g_<script>alert(1)</script>\"'&]]>\u0001\ud800<!--";
    private static readonly XNamespace Svg = "http://www.w3.org/2000/svg";

    [Fact]
    public void APageHoldsAllTablesOfEverySettingAndAPlotForEachTrace()
    {
        var report = Report([.. Small().Runs.Select(WithMoments), WithMoments(Run("knsock", "3g_a", 1, setting: ReadAhead))]);
        var page = Parse(report);

        Assert.Equal(["Live edge, 500 ms behind", "Read-ahead of 8 s"], page.Descendants("h2").Select(h => h.Value), StringComparer.Ordinal);
        var sections = page.Descendants("section").ToList();
        Assert.Equal(6, sections[0].Descendants("table").Count());
        Assert.Equal(4, sections[1].Descendants("table").Count());
        Assert.Equal(4, sections[0].Descendants(Svg + "svg").Count());
        Assert.Equal(
            ["3g_a (knsock 0.75, bba 0.42)", "3g_b (knsock 1.00, bba 0.75)", "wifi_a (knsock 1.25, bba 1.50)"],
            sections[0].Descendants("summary").Skip(1).Select(s => s.Value), StringComparer.Ordinal);
        Assert.All(sections[0].Descendants("tr").Where(r => r.Attribute("class")?.Value is "ours"), r => Assert.Equal("knsock", r.Elements().First().Value));
        Assert.DoesNotContain(page.Descendants("details"), d => d.Attribute("open") is not null);
    }

    [Fact]
    public void EveryPictureIsToldInWordsAndEveryLinkLeadsSomewhere()
    {
        var page = Parse(Report([.. Small().Runs.Select(WithMoments)]));
        Assert.All(page.Descendants(Svg + "svg"), svg =>
        {
            Assert.Equal("img", svg.Attribute("role")!.Value);
            Assert.Equal(["title", "desc"], svg.Elements().Take(2).Select(e => e.Name.LocalName), StringComparer.Ordinal);
            Assert.All(svg.Elements().Take(2), e => Assert.NotEmpty(e.Value));
        });
        var ids = page.Descendants().Attributes("id").Select(a => a.Value).ToList();
        Assert.Equal(ids.Count, ids.Distinct(StringComparer.Ordinal).Count());
        Assert.All(page.Descendants("a"), a => Assert.Contains(a.Attribute("href")!.Value[1..], ids, StringComparer.Ordinal));
        Assert.All(page.Descendants("th"), th => Assert.NotNull(th.Attribute("scope")));
    }

    [Fact]
    public void NamesOfTracesAndPoliciesAreTextAndNothingElse()
    {
        var html = ReportPage.Write(Report(WithMoments(Run("knsock", Hostile, 1)), WithMoments(Run("<b onclick='x'>", Hostile, 0.5)), Run("optimum", Hostile, 2)));
        var page = XDocument.Parse(html);

        Assert.DoesNotContain(page.Descendants(), e => e.Name.LocalName is "script" or "b");
        Assert.DoesNotContain("<script", html, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("<b ", html, StringComparison.Ordinal);
        Assert.DoesNotContain("<!--", html, StringComparison.Ordinal);
        Assert.Contains(page.Descendants("th"), th => th.Value == "3g_<script>alert(1)</script>\"'&]]>\ufffd\ufffd<!--");
        Assert.Contains(page.Descendants("td"), td => td.Value is "1.00");
    }

    [Fact]
    public void APageNeedsNothingFromAnywhere()
    {
        var page = Parse(Report([.. Small().Runs.Select(WithMoments)]));
        Assert.DoesNotContain(
            page.Descendants().Attributes(), a => a.Name.LocalName is "src" or "srcset" or "data" || a.Name.LocalName.StartsWith("on", StringComparison.Ordinal));
        Assert.DoesNotContain(page.Descendants(), e => e.Name.LocalName is "link" or "img" or "iframe" or "object" or "image" or "use");
        var style = page.Descendants("style").Single().Value;
        Assert.DoesNotContain("url(", style, StringComparison.Ordinal);
        Assert.DoesNotContain("@import", style, StringComparison.Ordinal);
        // These would be escaped, which a style sheet is not read with.
        Assert.DoesNotContain(style, c => c is '<' or '>' or '&');
    }

    [Fact]
    public void OnlyElementsThatHaveNoEndInHtmlAreWrittenWithoutOne()
    {
        var page = XDocument.Parse(ReportPage.Write(Report(Run("knsock", "3g_a", 1))), LoadOptions.PreserveWhitespace);
        Assert.All(page.Descendants().Where(e => e.IsEmpty && e.Name.NamespaceName.Length == 0), e => Assert.Equal("meta", e.Name.LocalName));
    }

    [Fact]
    public void NothingRunAndNothingSeenAreNoFaults()
    {
        Parse(Report());
        var unseen = WithMoments(Run("knsock", "3g_a", 1));
        unseen = unseen with
        {
            Outcome = unseen.Outcome with { WatchedSeconds = 0, MeanKbps = double.NaN },
            Moments = [.. unseen.Moments.Select(m => m with { Rung = null, LatencyMs = null, CapacityKbps = double.NaN, BufferSeconds = double.PositiveInfinity })],
        };
        Assert.DoesNotContain("NaN", ReportPage.Write(Report(unseen)), StringComparison.Ordinal);
    }

    [Fact]
    public void TheSameReportGivesTheSamePage() =>
        Assert.Equal(ReportPage.Write(Small()), ReportPage.Write(Report([.. Small().Runs.Reverse()])));

    private static XDocument Parse(SimulationReport report)
    {
        var html = ReportPage.Write(report);
        Assert.StartsWith("<!DOCTYPE html>\n<html lang=\"en\">", html, StringComparison.Ordinal);
        return XDocument.Parse(html);
    }
}
