namespace KnSock.Server.Loops;

/// <summary>Which member of a loop comes next: of those that are due, the patient ones last.</summary>
/// <param name="longestTurn">For so long patient members are taken before others are to be looked after, however many of them are due at once.</param>
internal sealed class Agenda(TimeSpan longestTurn)
{
    private readonly TimingWheel _hurried = new();
    private readonly TimingWheel _patient = new();
    private TimeSpan _turnEnd = TimeSpan.MaxValue;

    /// <summary>Has a member come at a time, in place of the one it asked for before.</summary>
    public void Schedule(LoopMember member, TimeSpan due) => (member.IsPatient ? _patient : _hurried).Schedule(member, due);

    /// <summary>Takes a member out.</summary>
    public static void Remove(LoopMember member) => member.Wheel?.Remove(member);

    /// <summary>Begins a turn.</summary>
    public void Begin() => _turnEnd = TimeSpan.MaxValue;

    /// <summary>Takes out the next that is due. Null: there is none, or the turn is over.</summary>
    public LoopMember? TakeDue(TimeSpan now)
    {
        if (_hurried.TakeDue(now) is { } hurried)
        {
            return hurried;
        }

        var patient = now < _turnEnd ? _patient.TakeDue(now) : null;
        if (patient is not null && _turnEnd == TimeSpan.MaxValue)
        {
            _turnEnd = now + longestTurn;
        }

        return patient;
    }

    /// <summary>How long until somebody may be due.</summary>
    public TimeSpan UntilNext(TimeSpan now)
    {
        var (hurried, patient) = (_hurried.UntilNext(now), _patient.UntilNext(now));
        return hurried < patient ? hurried : patient;
    }
}
