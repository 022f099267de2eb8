using KnSock.Server.Adaptation;
using KnSock.Simulation.Policies;

namespace KnSock.Simulation.Tests.Running;

/// <summary>Chooses one rung and keeps to it, and notes what it is told.</summary>
internal sealed class FixedRung(int rung, int first) : IRenditionSelector, IDeliveryListener
{
    private int? _rung;

    public int Rung => _rung ?? first;

    public List<GopDelivery> Delivered { get; } = [];

    public static Policy Policy(int rung) => new($"rung{rung}", setup => new FixedRung(rung, setup.FirstRung));

    public Decision? Update(in SelectorInput input, TimeSpan now)
    {
        if (Rung == rung)
        {
            return null;
        }

        var before = Rung;
        _rung = rung;
        return new Decision(rung, before, "it is the one");
    }

    public void OnDelivered(in GopDelivery delivery) => Delivered.Add(delivery);
}
