using System.Globalization;

namespace KnSock.Simulation.Traces;

/// <summary>Reads traces from CSV files: a heading <c>seconds,kbps</c>, then a row for each interval, seconds rising, in steps of any length.</summary>
internal static class TraceFile
{
    private const string Heading = "seconds,kbps";

    /// <summary>More than this is no time or capacity, but a mistake.</summary>
    private const double Most = 1e9;

    /// <summary>All traces of a folder, by name.</summary>
    /// <exception cref="SimulationException">The folder cannot be read, there is none in it, or one is not a trace; the message names file and line.</exception>
    public static IReadOnlyList<BandwidthTrace> ReadFolder(string folder)
    {
        if (!Directory.Exists(folder))
        {
            throw new SimulationException($"{folder}: no such folder; name one with traces in it ({Heading})");
        }

        try
        {
            var files = Directory.GetFiles(folder, "*.csv");
            Array.Sort(files, StringComparer.Ordinal);
            return files.Length > 0 ? [.. files.Select(Read)] : throw new SimulationException($"{folder}: there are no traces (*.csv) in it");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SimulationException($"{folder}: {e.Message}", e);
        }
    }

    /// <summary>The trace in a file.</summary>
    /// <exception cref="SimulationException">It cannot be read or is not a trace; the message names file and line.</exception>
    public static BandwidthTrace Read(string path)
    {
        try
        {
            return Parse(path, File.ReadAllLines(path));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SimulationException($"{path}: {e.Message}", e);
        }
    }

    /// <summary>The trace in the lines of a file.</summary>
    /// <param name="path">Where they come from; the file's name is the trace's.</param>
    /// <param name="lines">The lines.</param>
    internal static BandwidthTrace Parse(string path, IReadOnlyList<string> lines)
    {
        if (lines.Count == 0 || !string.Equals(lines[0].Trim(), Heading, StringComparison.OrdinalIgnoreCase))
        {
            throw new SimulationException($"{path}:1: a trace begins with the line '{Heading}'");
        }

        var (starts, kbps) = (new List<TimeSpan>(), new List<double>());
        var zero = 0.0;
        for (var i = 1; i < lines.Count; i++)
        {
            if (string.IsNullOrWhiteSpace(lines[i]))
            {
                continue;
            }

            var (seconds, rate) = ReadRow(lines[i], $"{path}:{i + 1}");
            zero = starts.Count == 0 ? seconds : zero;
            // To a microsecond, or tenths of a second would not be as long as each other.
            var start = TimeSpan.FromMicroseconds(Math.Round((seconds - zero) * 1e6));
            if (starts.Count > 0 && start <= starts[^1])
            {
                throw new SimulationException($"{path}:{i + 1}: the seconds do not rise");
            }

            starts.Add(start);
            kbps.Add(rate);
        }

        return starts.Count > 0
            ? new BandwidthTrace(Path.GetFileNameWithoutExtension(path), starts, kbps)
            : throw new SimulationException($"{path}: there are no rows in it");
    }

    private static (double Seconds, double Kbps) ReadRow(string line, string place)
    {
        var parts = line.Split(',');
        if (parts.Length != 2)
        {
            throw new SimulationException($"{place}: a row is two numbers, {Heading}");
        }

        return (ReadNumber(parts[0], place), ReadNumber(parts[1], place));
    }

    private static double ReadNumber(string text, string place) =>
        double.TryParse(text.Trim(), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && number >= 0 && number <= Most
            ? number
            : throw new SimulationException($"{place}: '{text.Trim()}' is not a number from 0 to {Most:0}");
}
