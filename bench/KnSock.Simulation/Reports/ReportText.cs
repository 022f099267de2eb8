using KnSock.Simulation.Results;

namespace KnSock.Simulation.Reports;

/// <summary>How settings and figures are written.</summary>
internal static class ReportText
{
    /// <summary>In place of a figure that is not there.</summary>
    public const string Unknown = "-";

    /// <summary>What the viewers asked for.</summary>
    public static string Of(Setting setting) => setting.Regime switch
    {
        Regime.Live => $"Live edge, {setting.Delay.TotalMilliseconds:0.###} ms behind",
        _ => $"Read-ahead of {setting.Delay.TotalSeconds:0.###} s",
    };

    /// <summary>A figure; what is rounded to zero has no sign.</summary>
    public static string Number(double? value, string format) =>
        value is { } v && double.IsFinite(v) ? v.ToString(format.Contains(';', StringComparison.Ordinal) ? format : $"{format};-{format};{format}") : Unknown;

    /// <summary>How many traces.</summary>
    public static string TraceCount(int count) => count == 1 ? "1 trace" : $"{count} traces";

    /// <summary>A share of a hundred.</summary>
    public static string Percent(double? value, string format) => value is { } v && double.IsFinite(v) ? $"{(v * 100).ToString(format)}%" : Unknown;

    /// <summary>From its lower end to its upper.</summary>
    public static string Interval(Estimate? estimate, string format = "0.00") =>
        estimate is { } e && double.IsFinite(e.Mean) ? $"{Number(e.Low, format)}..{Number(e.High, format)}" : Unknown;

    /// <summary>A difference, always with its sign.</summary>
    public static string Signed(double? value, string format = "0.00") => Number(value, $"+{format};-{format};{format}");

    /// <summary><c>+</c>: better beyond the interval; <c>=</c>: within it; <c>-</c>: worse beyond it.</summary>
    public static string Verdict(Estimate? lead) => lead switch
    {
        null => "?",
        { IsAboveZero: true } => "+",
        { IsBelowZero: true } => "-",
        _ => "=",
    };
}
