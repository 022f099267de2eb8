using KnSock.Fanout.Load;

namespace KnSock.Fanout;

/// <summary>What was measured of the server or the yardstick in one round.</summary>
internal sealed record SideResult
{
    /// <summary>How long was measured.</summary>
    public required double Seconds { get; init; }

    /// <summary>CPU seconds of the process that sends.</summary>
    public required double CpuSeconds { get; init; }

    /// <summary>CPU seconds of the viewers.</summary>
    public required double LoadCpuSeconds { get; init; }

    /// <summary>Context switches of the process that sends.</summary>
    public required long ContextSwitches { get; init; }

    /// <summary>Its memory over the measured time, evenly.</summary>
    public required IReadOnlyList<long> ResidentKiB { get; init; }

    /// <summary>The viewers by what they are there for.</summary>
    public required IReadOnlyDictionary<ViewerRole, GroupFigures> Groups { get; init; }

    /// <summary>The read-ahead that was granted, seconds.</summary>
    public double? GrantedSeconds { get; init; }

    /// <summary>The names of the rungs.</summary>
    public IReadOnlyList<string> RenditionNames { get; init; } = [];

    /// <summary>How long viewers took that joined one after another, milliseconds.</summary>
    public IReadOnlyList<double> ProbeJoinMs { get; init; } = [];

    /// <summary>Why such viewers got nothing.</summary>
    public IReadOnlyList<string> ProbeFaults { get; init; } = [];

    /// <summary>Those that are measured.</summary>
    public GroupFigures Steady => Groups[ViewerRole.Steady];

    /// <summary>CPU seconds per 10^9 bits that viewers received.</summary>
    public double CpuSecondsPerGigabit => Gigabits > 0 ? CpuSeconds / Gigabits : 0;

    /// <summary>What all viewers received.</summary>
    public double Gigabits => Groups.Values.Sum(g => g.Bytes) * 8 / 1e9;

    /// <summary>Bytes that the process allocated. Null: it does not say.</summary>
    public long? AllocatedBytes { get; init; }

    /// <summary>Collections of the process. Null: it does not say.</summary>
    public int? Collections { get; init; }
}
