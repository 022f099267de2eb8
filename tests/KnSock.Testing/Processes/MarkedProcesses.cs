using System.Globalization;
using System.Text;

namespace KnSock.Testing.Processes;

/// <summary>Finds all processes that descend from one, also those whose parent is gone: a mark in the environment is inherited.</summary>
public sealed class MarkedProcesses
{
    /// <summary>Name of the environment variable that holds the mark.</summary>
    public const string Variable = "KNSOCK_TEST_MARK";

    /// <summary>The mark; no other process has it.</summary>
    public string Mark { get; } = Guid.NewGuid().ToString("N");

    /// <summary>Process ids and command lines of the living processes with the mark.</summary>
    public IReadOnlyList<(int Id, string CommandLine)> List()
    {
        var found = new List<(int, string)>();
        var needle = Encoding.ASCII.GetBytes($"{Variable}={Mark}\0");
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            // A zombie has no environment any more, so it does not count as living.
            if (int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var id)
                && TryRead(Path.Combine(folder, "environ")) is { } environment
                && environment.AsSpan().IndexOf(needle) >= 0)
            {
                var line = Encoding.UTF8.GetString(TryRead(Path.Combine(folder, "cmdline")) ?? []);
                found.Add((id, line.Replace('\0', ' ').Trim()));
            }
        }

        return found;
    }

    /// <summary>How many of them run this program.</summary>
    public int Count(string program) =>
        List().Count(p => Path.GetFileName(p.CommandLine.Split(' ')[0]).Equals(program, StringComparison.Ordinal));

    /// <summary>Waits until at most <paramref name="remaining"/> live, and gives those that live then.</summary>
    public async Task<IReadOnlyList<(int Id, string CommandLine)>> WaitForEndAsync(TimeSpan timeout, int remaining = 0)
    {
        var deadline = Environment.TickCount64 + (long)timeout.TotalMilliseconds;
        var living = List();
        while (living.Count > remaining && Environment.TickCount64 < deadline)
        {
            await Task.Delay(20);
            living = List();
        }

        return living;
    }

    private static byte[]? TryRead(string path)
    {
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
