using System.Collections.Concurrent;
using System.Globalization;
using KnSock.Server.Adaptation;

namespace KnSock.Server.Sessions;

/// <summary>The server's uplink where it has a limit: which rungs each viewer may have. It is divided beside the loops, which never wait for it.</summary>
/// <param name="bitsPerSecond">The limit, headers of packets included.</param>
internal sealed class Uplink(long bitsPerSecond)
{
    /// <summary>How often it is seen whether it is to be divided anew.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(0.5);

    /// <summary>Of 1,500 bytes in a full packet 52 are headers of IP and TCP.</summary>
    private const double Payload = 1448.0 / 1500;

    /// <summary>So much is divided.</summary>
    private const double PlannedShare = 0.85;

    /// <summary>So much is for filling buffers; the rest is for stretches that are larger than the mean.</summary>
    private const double FillShare = 0.08;

    private readonly double _planned = bitsPerSecond * Payload * PlannedShare;
    private readonly UplinkDivision _division = new(bitsPerSecond * Payload * PlannedShare, bitsPerSecond * Payload * FillShare);
    private readonly ConcurrentQueue<UplinkDemand> _come = new();
    private int _viewers;
    private double _speed = UplinkDivision.FirstSpeed;

    /// <summary>Why a viewer may not have a rung, in words.</summary>
    public string Reason { get; } = string.Create(CultureInfo.InvariantCulture, $"the server's uplink of {bitsPerSecond / 1e6:0.###} Mbit/s is divided among its viewers");

    /// <summary>How fast buffers may be filled, compared with playing them.</summary>
    public double Speed => Volatile.Read(ref _speed);

    /// <summary>A viewer watches something. Until all is divided anew it may have what it could if all had the same.</summary>
    public UplinkDemand Begin(IReadOnlyList<double> rates, IReadOnlyList<double> utilities)
    {
        var demand = new UplinkDemand(rates, utilities);
        var same = _planned / Interlocked.Increment(ref _viewers);
        while (demand.Highest + 1 < rates.Count && rates[demand.Highest + 1] <= same)
        {
            demand.Highest++;
        }

        _come.Enqueue(demand);
        return demand;
    }

    /// <summary>It watches that no more.</summary>
    public void End(UplinkDemand demand)
    {
        if (!demand.IsOver)
        {
            demand.IsOver = true;
            Interlocked.Decrement(ref _viewers);
        }
    }

    /// <summary>Sees whether it is to be divided anew, and does so. One thread at a time.</summary>
    public void Turn()
    {
        while (_come.TryDequeue(out var demand))
        {
            _division.Add(demand);
        }

        _division.Turn();
        Volatile.Write(ref _speed, _division.Speed);
    }

    /// <summary>Divides it until it is told to end.</summary>
    public async Task RunAsync(TimeProvider time, CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            Turn();
            await Task.Delay(Interval, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
