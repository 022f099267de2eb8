using System.Diagnostics;
using System.Globalization;
using KnSock.Fanout.Processes;

namespace KnSock.Shaped.Viewers;

/// <summary>What the machine and a viewer's processes have to do from now on.</summary>
internal sealed class MachineLoad
{
    private readonly int _process;
    private readonly double _viewer;
    private readonly (long Busy, long All) _machine = Read();
    private readonly long _start = Stopwatch.GetTimestamp();

    /// <summary>Begins to look.</summary>
    /// <param name="process">The viewer's process.</param>
    public MachineLoad(int process) => (_process, _viewer) = (process, ProcessFigures.Of(process).CpuSeconds);

    /// <summary>Cores that the viewer and its children took since.</summary>
    public double Cores => (ProcessFigures.Of(_process).CpuSeconds - _viewer) / Stopwatch.GetElapsedTime(_start).TotalSeconds;

    /// <summary>Share of all processor time that was taken since.</summary>
    public double Busy
    {
        get
        {
            var (busy, all) = Read();
            return (double)(busy - _machine.Busy) / Math.Max(1, all - _machine.All);
        }
    }

    // proc(5), first line of stat: user nice system idle iowait irq softirq steal.
    private static (long Busy, long All) Read()
    {
        var ticks = File.ReadLines("/proc/stat").First().Split(' ', StringSplitOptions.RemoveEmptyEntries).Skip(1).Take(8).Select(t => long.Parse(t, CultureInfo.InvariantCulture)).ToArray();
        return (ticks.Sum() - ticks[3] - ticks[4], ticks.Sum());
    }
}
