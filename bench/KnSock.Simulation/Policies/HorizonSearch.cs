namespace KnSock.Simulation.Policies;

/// <summary>Goes through all sequences of rungs for the next GOPs and takes the first rung of the best.</summary>
/// <param name="utilities">What a second of each rung is worth.</param>
/// <param name="stallWeight">What a second of stall costs.</param>
/// <param name="changeWeight">What a change of utility by one costs.</param>
internal sealed class HorizonSearch(IReadOnlyList<double> utilities, double stallWeight, double changeWeight)
{
    private readonly double[] _utilities = [.. utilities];
    private readonly double _best = utilities.Max();
    private IReadOnlyList<HorizonGop> _gops = [];
    private double _maxBuffer;
    private bool _isLive;
    private double _bestValue;
    private int _bestRung;

    /// <summary>The first rung of the best sequence and what that is worth.</summary>
    /// <param name="gops">The next GOPs.</param>
    /// <param name="buffer">Seconds in the buffer.</param>
    /// <param name="maxBuffer">The most that may be there.</param>
    /// <param name="before">The rung before the first.</param>
    /// <param name="isLive">Pictures play while their GOP still comes into being.</param>
    public (int Rung, double Value) Best(IReadOnlyList<HorizonGop> gops, double buffer, double maxBuffer, int before, bool isLive)
    {
        (_gops, _maxBuffer, _isLive) = (gops, maxBuffer, isLive);
        (_bestValue, _bestRung) = (double.NegativeInfinity, before);
        Visit(0, buffer, before, first: -1, value: 0);
        return (_bestRung, _bestValue);
    }

    private void Visit(int depth, double buffer, int before, int first, double value)
    {
        if (depth == _gops.Count)
        {
            (_bestValue, _bestRung) = value > _bestValue ? (value, first) : (_bestValue, _bestRung);
            return;
        }

        var gop = _gops[depth];
        var rest = 0.0;
        for (var i = depth + 1; i < _gops.Count; i++)
        {
            rest += _best * _gops[i].Seconds;
        }

        for (var rung = _utilities.Length - 1; rung >= 0; rung--)
        {
            var (stall, left) = _isLive ? Live(gop, rung, buffer) : Ahead(gop, rung, buffer);
            var sum = value + (_utilities[rung] * gop.Seconds) - (stallWeight * stall) - (changeWeight * Math.Abs(_utilities[rung] - _utilities[before]));
            if (sum + rest > _bestValue)
            {
                Visit(depth + 1, left, rung, first < 0 ? rung : first, sum);
            }
        }
    }

    /// <summary>A GOP plays when it is there: what it takes longer than the buffer lasts is a stall.</summary>
    private (double Stall, double Buffer) Ahead(HorizonGop gop, int rung, double buffer)
    {
        var load = gop.LoadSeconds[rung];
        return (Math.Max(0, load - buffer), Math.Min(_maxBuffer, Math.Max(0, buffer - load) + gop.Seconds));
    }

    /// <summary>A GOP comes while it plays: a stall is what its keyframe takes longer than the buffer lasts, or what the whole takes longer than buffer and GOP.</summary>
    private (double Stall, double Buffer) Live(HorizonGop gop, int rung, double buffer)
    {
        var after = buffer + gop.Seconds - gop.LoadSeconds[rung];
        return (Math.Max(0, Math.Max(gop.KeyframeLoadSeconds[rung] - buffer, -after)), Math.Clamp(after, 0, _maxBuffer));
    }
}

/// <summary>A GOP as <see cref="HorizonSearch"/> sees it.</summary>
/// <param name="Seconds">How long it plays.</param>
/// <param name="LoadSeconds">How long it is under way in each rung.</param>
/// <param name="KeyframeLoadSeconds">How long its keyframe is.</param>
internal sealed record HorizonGop(double Seconds, double[] LoadSeconds, double[] KeyframeLoadSeconds);
