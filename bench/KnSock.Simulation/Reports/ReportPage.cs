using System.Xml.Linq;
using KnSock.Plotting;
using KnSock.Simulation.Results;
using static KnSock.Simulation.Reports.PageElements;

namespace KnSock.Simulation.Reports;

/// <summary>A report as one file of HTML that needs nothing else: no scripts, no network.</summary>
internal static class ReportPage
{
    private const string Title = "Adaptation on simulated links";

    private static readonly IReadOnlyList<(string Word, string Meaning)> Words =
    [
        ("QoE", "per trace: mean of ln(bitrate / lowest rung's) over the media shown, less the stalled share times ln(highest / lowest rung's), less half the change of utility a second"),
        ("optimum", "what could have been done at best, knowing the whole trace beforehand; sought for stalls at their weight, so elsewhere it is no bound"),
        ("interval", "95 %, by a bootstrap over traces, of which a handful gives too narrow a one; with one trace over its parts of 15 s: what other times on it would have given"),
        ("lead", $"QoE of {SimulationReport.Ours} less that of another policy, trace by trace, and then the mean"),
        ("latency", "how far the picture shown was behind the live edge"),
        ("probe", "padding sent to find out whether a link carries more, as a share of all bytes"),
    ];

    /// <summary>Writes the page.</summary>
    public static string Write(SimulationReport report) => "<!DOCTYPE html>\n" + SvgShapes.Written(Tag("html", With("lang", "en"), Head(), Body(report)));

    private static XElement Head() => Tag(
        "head",
        Void("meta", With("charset", "utf-8")),
        Void("meta", With("name", "viewport"), With("content", "width=device-width, initial-scale=1")),
        Void("meta", With("http-equiv", "Content-Security-Policy"), With("content", "default-src 'none'; style-src 'unsafe-inline'")),
        Tag("title", Title),
        Tag("style", PageStyle.Css));

    private static XElement Void(string name, params XAttribute[] attributes) => new(name, attributes);

    private static XElement Body(SimulationReport report) => Tag(
        "body",
        [
            Tag("h1", Title),
            Tag("p", With("class", "quiet"), Extent(report)),
            Tag("nav", With("aria-label", "Settings"), Tag("ul", report.Settings.Select((s, i) => Tag("li", Link(IdOf(i), ReportText.Of(s)))))),
            Details("What the figures mean", Tag("dl", Words.SelectMany(w => (XElement[])[Tag("dt", w.Word), Tag("dd", w.Meaning)]))),
            .. report.Settings.Select((s, i) => Section(report, s, IdOf(i))),
        ]);

    private static string Extent(SimulationReport report)
    {
        var traces = report.Runs.Select(r => r.Trace).Distinct(StringComparer.Ordinal).Count();
        var policies = report.Runs.Select(r => r.Policy).Distinct(StringComparer.Ordinal).Count();
        return $"{ReportText.TraceCount(traces)}, policies: {policies}, settings: {report.Settings.Count}; rungs of {string.Join(", ", report.RungKbps.Select(r => $"{r:0}"))} kbit/s.";
    }

    private static string IdOf(int setting) => $"setting-{setting}";

    private static XElement Section(SimulationReport report, Setting setting, string id)
    {
        List<ReportTable> tables = [.. ReportTables.Of(report, setting)];
        return Tag(
            "section",
            [
                With("aria-labelledby", id),
                Tag("h2", With("id", id), ReportText.Of(setting)),
                Table(tables[0]),
                SvgPlot.DrawElement(StallPlot.Of(report, setting)),
                .. tables.Skip(1).Select(Table),
                report.Of(setting, SimulationReport.AllNetworks).Any(s => s.Lead is not null) ? Table(ReportTables.Leads(report, setting)) : null,
                Tag("h3", "Trace by trace"),
                Details("All traces as a table", Table(ReportTables.ByTrace(report, setting))),
                .. TraceDetails.Of(report, setting),
            ]);
    }
}
