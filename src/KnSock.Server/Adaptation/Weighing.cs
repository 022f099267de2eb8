namespace KnSock.Server.Adaptation;

/// <summary>
/// Notes what a selector weighs. Those that choose for viewers have none, so that it costs them nothing; who wants to know has the decision taken again with one (<see cref="Reconsideration"/>).
/// </summary>
/// <param name="rungs">How many rungs there are.</param>
internal sealed class Weighing(int rungs)
{
    private readonly (RungValues.Prospect? Prospect, (double Seconds, double Cost)? Late)[] _of = new (RungValues.Prospect?, (double, double)?)[rungs];

    /// <summary>What a rung is worth for the next GOP.</summary>
    public void Worth(int rung, in RungValues.Prospect prospect) => _of[rung].Prospect = prospect;

    /// <summary>How late the GOP that was begun would come in a rung, and what that costs.</summary>
    public void Late(int rung, double seconds, double cost) => _of[rung].Late = (seconds, cost);

    /// <summary>What a rung was found to be worth. Null: it was not weighed so.</summary>
    public RungValues.Prospect? ProspectOf(int rung) => _of[rung].Prospect;

    /// <summary>How late it was found to be. Null: it was not weighed so.</summary>
    public (double Seconds, double Cost)? LateOf(int rung) => _of[rung].Late;
}
