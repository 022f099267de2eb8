using KnSock.Server.Adaptation;

namespace KnSock.Simulation.Policies;

/// <summary>Picks among the rungs.</summary>
internal static class Offer
{
    /// <summary>The highest rung that needs no more than this; the lowest if there is none.</summary>
    public static int Highest(IReadOnlyList<double> rates, double limit)
    {
        var rung = 0;
        while (rung + 1 < rates.Count && rates[rung + 1] <= limit)
        {
            rung++;
        }

        return rung;
    }

    /// <summary>This rung, or the next below it that is offered.</summary>
    public static int AtOrBelow(in SelectorInput input, int rung)
    {
        rung = Math.Clamp(rung, 0, input.Rates.Count - 1);
        while (rung > 0 && input.Withdrawn?[rung] is not null)
        {
            rung--;
        }

        return rung;
    }
}
