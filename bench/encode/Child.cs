using System.Diagnostics;
using System.Globalization;

namespace KnSock.EncodeBenchmark;

/// <summary>Runs programs and says what they and their children cost.</summary>
internal static class Child
{
    private const double TicksPerSecond = 100;

    /// <summary>CPU seconds of a program with all its children, user and system.</summary>
    public static async Task<double> CpuSecondsAsync(string program, IEnumerable<string> arguments)
    {
        var before = OfChildren();
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardError = true, RedirectStandardOutput = true })!;
        process.StandardInput.Close();
        var (errors, output) = (process.StandardError.ReadToEndAsync(), process.StandardOutput.ReadToEndAsync());
        await process.WaitForExitAsync();
        await output;
        return process.ExitCode == 0
            ? OfChildren() - before
            : throw new InvalidOperationException($"{program} ended with {process.ExitCode}: {await errors}");
    }

    /// <summary>CPU time of the children that have ended, and of theirs (proc(5): cutime and cstime).</summary>
    private static double OfChildren()
    {
        var stat = File.ReadAllText("/proc/self/stat");
        // The second field is the name in parentheses, in which anything may stand.
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return (long.Parse(fields[13], CultureInfo.InvariantCulture) + long.Parse(fields[14], CultureInfo.InvariantCulture)) / TicksPerSecond;
    }
}
