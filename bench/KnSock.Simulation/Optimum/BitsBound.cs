using KnSock.Simulation.Results;

namespace KnSock.Simulation.Optimum;

/// <summary>What can be had at most for all the bits of a link, whenever they come: tells at once that long stalls do not pay.</summary>
/// <remarks>
/// With a price on bits each GOP takes the rung that is worth the most, and what that comes to, with what all bits cost at that price, is an upper bound for
/// each price (Lagrange); the lowest of some prices is taken.
/// </remarks>
internal sealed class BitsBound(PlanSetup setup, PlanGops gops)
{
    private const int Prices = 24;
    private const double LowestPrice = 1e-9, PriceStep = 2;

    private readonly double[] _utilities = [.. Enumerable.Range(0, setup.PictureKbps.Count).Select(new Quality(setup.PictureKbps).Utility)];

    /// <summary>Beyond this stall no plan is better than a value.</summary>
    public double MostStall(double from, double watched, double value)
    {
        var most = from;
        for (var (least, width) = (from, 0.5); least < watched; least += width)
        {
            most = Best(least, Math.Min(least + width, watched - 1e-3), watched) > value ? Math.Min(least + width, watched) : most;
        }

        return most;
    }

    /// <summary>The value that no plan exceeds whose stall is between limits.</summary>
    private double Best(double least, double most, double watched)
    {
        var (surely, perhaps) = (watched - most, most - least);
        var best = double.PositiveInfinity;
        for (var (i, price) = (0, LowestPrice); i < Prices; i++, price *= PriceStep)
        {
            var sum = (price * setup.Capacity.BitsUntil(setup.Seconds)) + (_utilities[^1] * perhaps);
            for (var gop = 0; gop < gops.Count && gops.Starts[gop] < surely; gop++)
            {
                sum += Worth(gop, Math.Min(1, (surely - gops.Starts[gop]) / gops.Lengths[gop]), price);
            }

            best = Math.Min(best, sum / surely);
        }

        return Math.Min(best, _utilities[^1]) - (setup.StallFactor * _utilities[^1] * least / watched);
    }

    private double Worth(int gop, double share, double price)
    {
        var best = double.NegativeInfinity;
        for (var rung = 0; rung < _utilities.Length; rung++)
        {
            best = Math.Max(best, ((_utilities[rung] * gops.Lengths[gop]) - (price * gops.Bits[gop][rung])) * share);
        }

        return best;
    }
}
