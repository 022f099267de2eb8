using System.Globalization;

namespace KnSock.Fanout.Processes;

/// <summary>What a process and its descendants have used so far (proc(5)).</summary>
/// <param name="CpuSeconds">User and system time, that of ended threads and descendants included, in steps of 10 ms.</param>
/// <param name="ThreadNanoseconds">The same by thread and exact, of the threads that there are.</param>
/// <param name="ThreadSwitches">Context switches by thread, voluntary and other ones, of the threads that there are.</param>
internal sealed record ProcessFigures(double CpuSeconds, IReadOnlyDictionary<string, long> ThreadNanoseconds, IReadOnlyDictionary<string, long> ThreadSwitches)
{
    private const double TicksPerSecond = 100;

    /// <summary>The steps' error at most: user and system time, of the process and of its ended children.</summary>
    private const double StepError = 0.04;

    /// <summary>Reads them.</summary>
    public static ProcessFigures Of(int process)
    {
        double cpu = 0;
        var switches = new Dictionary<string, long>(StringComparer.Ordinal);
        var threads = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var id in TreeOf(process))
        {
            cpu += CpuSecondsOf(id);
            foreach (var task in Tasks(id))
            {
                switches[task] = Field($"{task}/status", "voluntary_ctxt_switches:") + Field($"{task}/status", "nonvoluntary_ctxt_switches:");
                threads[task] = long.TryParse(Read($"{task}/schedstat").Split(' ')[0], CultureInfo.InvariantCulture, out var time) ? time : 0;
            }
        }

        return new ProcessFigures(cpu, threads, switches);
    }

    /// <summary>CPU seconds since an earlier time: exact, unless threads ended in between that took some.</summary>
    public double CpuSecondsSince(ProcessFigures before)
    {
        var exact = ThreadNanoseconds.Sum(t => t.Value - before.ThreadNanoseconds.GetValueOrDefault(t.Key)) / 1e9;
        var stepped = CpuSeconds - before.CpuSeconds;
        return Math.Abs(stepped - exact) <= StepError ? exact : stepped;
    }

    /// <summary>Context switches since an earlier time, but for those of threads that have ended.</summary>
    public long ContextSwitchesSince(ProcessFigures before) => ThreadSwitches.Sum(t => t.Value - before.ThreadSwitches.GetValueOrDefault(t.Key));

    /// <summary>The memory of a process itself.</summary>
    public static long ResidentKiBOf(int process) => Field($"/proc/{process}/status", "VmRSS:");

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
        if (stat.Length == 0)
        {
            return 0;
        }

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
