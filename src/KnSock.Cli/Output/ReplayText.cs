using System.Globalization;
using KnSock.Simulation.Replay;

namespace KnSock.Cli.Output;

/// <summary>What came of taking decisions again, for people.</summary>
internal static class ReplayText
{
    /// <summary>Writes it.</summary>
    public static void Write(TextWriter output, ReplayReport report)
    {
        output.WriteLine($"{report.Decisions} decisions, {(report.IsSame ? "all" : report.Same)} the same");
        if (report.LeftOut > 0)
        {
            output.WriteLine($"{report.LeftOut} more were not taken by the product's selector and cannot be taken again");
        }

        foreach (var difference in report.Differences)
        {
            var at = difference.AtSeconds.ToString("0.0", CultureInfo.InvariantCulture);
            output.WriteLine($"line {difference.Line}, {Printable.Escape(difference.Session)} at {at} s: {Printable.Escape(difference.What)}");
        }

        var untold = report.Decisions - report.Same - report.Differences.Count;
        if (untold > 0)
        {
            output.WriteLine($"and {untold} more");
        }
    }
}
