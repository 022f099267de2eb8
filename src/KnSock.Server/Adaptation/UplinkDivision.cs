using System.Runtime.InteropServices;

namespace KnSock.Server.Adaptation;

/// <summary>
/// Divides what a server may send among its viewers: all have their lowest rung, and then whoever gains most by each bit goes up by one, as long as that fits. What a rung is worth
/// is the logarithm of its bitrate, so that is close to giving the same to all, but for those who can make no use of it. What is left then is for those who may yet.
/// </summary>
/// <param name="bitsPerSecond">What is divided.</param>
/// <param name="reserve">What there is besides, bit/s, to fill buffers with.</param>
internal sealed class UplinkDivision(double bitsPerSecond, double reserve = 0)
{
    /// <summary>A viewer goes up when that was to be had so many times in a row: what others leave for a moment is not worth a change.</summary>
    private const int RoundsToRise = 3;

    private readonly List<UplinkDemand> _viewers = [];
    private readonly PriorityQueue<int, (double Worth, bool IsKept, int Order)> _next = new(Comparer<(double Worth, bool IsKept, int Order)>.Create(Compare));
    private bool _isSettled = true;

    /// <summary>Who fills its buffer gets ahead at least by this.</summary>
    private const double LeastSpeed = 1.05;

    /// <summary>Where nobody watches yet, many may come at once.</summary>
    public const double FirstSpeed = 2;

    private const double MostSpeed = 1000;

    /// <summary>How fast buffers may be filled, compared with playing them.</summary>
    public double Speed { get; private set; } = FirstSpeed;

    /// <summary>One more watches.</summary>
    public void Add(UplinkDemand viewer)
    {
        _viewers.Add(viewer);
        _isSettled = false;
    }

    /// <summary>Divides anew if anything has changed. Comes at even intervals. Does not allocate once it has seen as many viewers.</summary>
    public void Turn()
    {
        var isChanged = _viewers.RemoveAll(static v => v.IsOver) > 0 || !_isSettled;
        foreach (var viewer in CollectionsMarshal.AsSpan(_viewers))
        {
            isChanged |= viewer.Observe();
        }

        if (isChanged)
        {
            Divide();
        }

        Speed = FillSpeed();
    }

    /// <summary>What is left by those who fill nothing is for those who do; where nobody does, for whoever may begin to.</summary>
    private double FillSpeed()
    {
        var (filling, steady) = (0.0, 0.0);
        foreach (var viewer in CollectionsMarshal.AsSpan(_viewers))
        {
            var rate = viewer.Rates[viewer.Rung];
            (filling, steady) = viewer.IsFilling ? (filling + rate, steady) : (filling, steady + rate);
        }

        var whole = bitsPerSecond + reserve;
        return filling + steady == 0 ? FirstSpeed : Math.Clamp(filling > 0 ? (whole - steady) / filling : whole / steady, LeastSpeed, MostSpeed);
    }

    private void Divide()
    {
        var left = bitsPerSecond;
        foreach (var viewer in CollectionsMarshal.AsSpan(_viewers))
        {
            viewer.Found = 0;
            left -= viewer.Rates[0];
        }

        left = Give(left, static v => v.Wanted);
        left = Give(left, static v => v.Limit);
        Give(left, static v => v.Rates.Count - 1);
        _isSettled = true;
        foreach (var viewer in CollectionsMarshal.AsSpan(_viewers))
        {
            Apply(viewer);
            _isSettled &= viewer.Found == viewer.Highest;
        }
    }

    /// <summary>Gives what is left, one rung after the other.</summary>
    /// <param name="left">What is left, bit/s.</param>
    /// <param name="most">The highest rung that each is given.</param>
    /// <returns>What nobody has.</returns>
    private double Give(double left, Func<UplinkDemand, int> most)
    {
        for (var i = 0; i < _viewers.Count; i++)
        {
            Offer(_viewers[i], i, most);
        }

        while (_next.TryDequeue(out var index, out _))
        {
            var viewer = _viewers[index];
            var cost = viewer.Rates[viewer.Found + 1] - viewer.Rates[viewer.Found];
            if (cost <= left)
            {
                left -= cost;
                viewer.Found++;
                Offer(viewer, index, most);
            }
        }

        return left;
    }

    private void Offer(UplinkDemand viewer, int index, Func<UplinkDemand, int> most)
    {
        var next = viewer.Found + 1;
        if (next <= most(viewer))
        {
            var worth = (viewer.Utilities[next] - viewer.Utilities[viewer.Found]) / (viewer.Rates[next] - viewer.Rates[viewer.Found]);
            _next.Enqueue(index, (worth, viewer.Highest >= next, index));
        }
    }

    /// <summary>Who has less than before has it at once, and who has more when that lasts; so all together never have more than there is.</summary>
    private static void Apply(UplinkDemand viewer)
    {
        viewer.RoundsAbove = viewer.Found > viewer.Highest ? viewer.RoundsAbove + 1 : 0;
        if (viewer.Found < viewer.Highest || viewer.IsNew || viewer.RoundsAbove >= RoundsToRise)
        {
            (viewer.Highest, viewer.RoundsAbove, viewer.IsNew) = (viewer.Found, 0, false);
        }
    }

    /// <summary>The larger worth first; of two alike who has the rung already, then who came first.</summary>
    private static int Compare((double Worth, bool IsKept, int Order) a, (double Worth, bool IsKept, int Order) b)
    {
        var byWorth = b.Worth.CompareTo(a.Worth);
        var byKept = b.IsKept.CompareTo(a.IsKept);
        return byWorth != 0 ? byWorth : byKept != 0 ? byKept : a.Order.CompareTo(b.Order);
    }
}
