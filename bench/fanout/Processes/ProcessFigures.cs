using System.Globalization;

namespace KnSock.Fanout.Processes;

/// <summary>What a process and its descendants have used so far (proc(5)).</summary>
/// <param name="CpuSeconds">User and system time, that of ended descendants included.</param>
/// <param name="ResidentKiB">Memory of the process itself.</param>
/// <param name="ContextSwitches">Voluntary and other ones, of the threads that there are.</param>
internal readonly record struct ProcessFigures(double CpuSeconds, long ResidentKiB, long ContextSwitches)
{
    private const double TicksPerSecond = 100;

    /// <summary>Reads them.</summary>
    public static ProcessFigures Of(int process)
    {
        double cpu = 0;
        long switches = 0;
        foreach (var id in TreeOf(process))
        {
            cpu += CpuSecondsOf(id);
            switches += Directory.EnumerateDirectories($"/proc/{id}/task").Sum(task => Field($"{task}/status", "voluntary_ctxt_switches:") + Field($"{task}/status", "nonvoluntary_ctxt_switches:"));
        }

        return new ProcessFigures(cpu, Field($"/proc/{process}/status", "VmRSS:"), switches);
    }

    /// <summary>How many files a process may have open.</summary>
    public static long OpenFilesOf(int process)
    {
        var line = File.ReadLines($"/proc/{process}/limits").First(l => l.StartsWith("Max open files", StringComparison.Ordinal));
        var soft = line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[3];
        return long.TryParse(soft, CultureInfo.InvariantCulture, out var limit) ? limit : long.MaxValue;
    }

    private static IEnumerable<int> TreeOf(int process)
    {
        var ids = new List<int> { process };
        for (var i = 0; i < ids.Count; i++)
        {
            foreach (var task in Tasks(ids[i]))
            {
                ids.AddRange(Read($"{task}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(int.Parse));
            }
        }

        return ids.Where(id => Directory.Exists($"/proc/{id}/task"));
    }

    private static string[] Tasks(int process) => Directory.Exists($"/proc/{process}/task") ? Directory.GetDirectories($"/proc/{process}/task") : [];

    private static double CpuSecondsOf(int process)
    {
        var stat = Read($"/proc/{process}/stat");
        // The second field is the name in parentheses, in which anything may stand.
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return fields.Skip(11).Take(4).Sum(f => long.Parse(f, CultureInfo.InvariantCulture)) / TicksPerSecond;
    }

    private static long Field(string path, string name)
    {
        var line = Read(path).Split('\n').FirstOrDefault(l => l.StartsWith(name, StringComparison.Ordinal));
        return line is null ? 0 : long.Parse(line[name.Length..].Replace("kB", string.Empty, StringComparison.Ordinal), CultureInfo.InvariantCulture);
    }

    /// <summary>A thread may end before its file is read.</summary>
    private static string Read(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (IOException)
        {
            return string.Empty;
        }
    }
}
