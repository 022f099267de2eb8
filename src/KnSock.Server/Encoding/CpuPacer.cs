namespace KnSock.Server.Encoding;

/// <summary>Holds a child to a share of the machine: tells how long to leave its output unread, for on a full pipe it rests.</summary>
/// <param name="share">Share of all cores, 1 = all.</param>
/// <param name="cores">Cores of the machine.</param>
internal sealed class CpuPacer(double share, int cores)
{
    /// <summary>A child that was left alone for long is not paid back more than this, so that it does not run unbridled afterwards.</summary>
    private static readonly TimeSpan MostSaved = TimeSpan.FromSeconds(1);

    private TimeSpan _cpu;
    private TimeSpan _since;

    /// <summary>The rest that is due.</summary>
    /// <param name="cpu">CPU time that the child has used since its start.</param>
    /// <param name="elapsed">Time since its start.</param>
    public TimeSpan RestDue(TimeSpan cpu, TimeSpan elapsed)
    {
        var earliest = _since + ((cpu - _cpu) / (share * cores));
        if (elapsed - earliest > MostSaved)
        {
            (_cpu, _since) = (cpu, elapsed - MostSaved);
        }

        return earliest > elapsed ? earliest - elapsed : TimeSpan.Zero;
    }
}
