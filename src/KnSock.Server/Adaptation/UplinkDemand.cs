namespace KnSock.Server.Adaptation;

/// <summary>
/// What a viewer could make use of of the server's uplink, and what it may have. Its own loop writes <see cref="Rung"/>, <see cref="Limit"/>, <see cref="IsFilling"/>,
/// <see cref="Measured"/> and <see cref="IsOver"/> and reads <see cref="Highest"/>; all else is for <see cref="UplinkDivision"/>.
/// </summary>
/// <param name="rates">Rate of each rung on the wire, bit/s, lowest first.</param>
/// <param name="utilities">What a second of each is worth.</param>
internal sealed class UplinkDemand(IReadOnlyList<double> rates, IReadOnlyList<double> utilities)
{
    /// <summary>A viewer that has not been at a rung for so many rounds is not going there.</summary>
    private const int RoundsToForget = 20;

    /// <summary>Who made no use of more asks for it again after so many rounds, and twice as many the next time.</summary>
    private const int FirstPatience = 60;

    private const int MostPatience = 240;

    private volatile int _rung;
    private volatile int _limit = rates.Count - 1;
    private volatile int _highest;
    private volatile bool _isFilling;
    private volatile bool _isOver;
    private volatile IReadOnlyList<double> _measured = rates;
    private int _need = rates.Count - 1;
    private int _recent;
    private int _roundsBelow;
    private int _roundsHeld;
    private int _patience = FirstPatience;
    private bool _isAsking;

    /// <summary>Rate of each rung on the wire, bit/s.</summary>
    public IReadOnlyList<double> Rates { get; private set; } = rates;

    /// <summary>What the rungs were found to take, bit/s, each more than the one below; not to be written to any more.</summary>
    public IReadOnlyList<double> Measured
    {
        get => _measured;
        set => _measured = value;
    }

    /// <summary>What a second of each is worth.</summary>
    public IReadOnlyList<double> Utilities => utilities;

    /// <summary>The rung that was chosen for it.</summary>
    public int Rung
    {
        get => _rung;
        set => _rung = value;
    }

    /// <summary>The highest rung that it may have for all other reasons.</summary>
    public int Limit
    {
        get => _limit;
        set => _limit = value;
    }

    /// <summary>The highest rung that may be chosen.</summary>
    public int Highest
    {
        get => _highest;
        set => _highest = value;
    }

    /// <summary>It has less ahead of playout than it may have.</summary>
    public bool IsFilling
    {
        get => _isFilling;
        set => _isFilling = value;
    }

    /// <summary>It watches no more.</summary>
    public bool IsOver
    {
        get => _isOver;
        set => _isOver = value;
    }

    /// <summary>The highest rung that it is taken to make use of.</summary>
    public int Wanted { get; private set; } = rates.Count - 1;

    /// <summary>What the present division comes to.</summary>
    public int Found { get; set; }

    /// <summary>Nothing was found for it before.</summary>
    public bool IsNew { get; set; } = true;

    /// <summary>Rounds in a row in which more was found for it than it has.</summary>
    public int RoundsAbove { get; set; }

    /// <summary>
    /// Goes by what it made of what it had: who stays below for long, because its link carries no more, leaves the rest to others. Whether that has changed is seen only when it
    /// has more, so it asks for one rung more now and then.
    /// </summary>
    /// <returns>It wants something else than before.</returns>
    public bool Observe()
    {
        var rung = Rung;
        if (rung > _need)
        {
            (_need, _isAsking, _patience) = (Rates.Count - 1, false, FirstPatience);
        }

        if (rung >= Highest)
        {
            (_roundsBelow, _recent) = (0, 0);
            Hold(rung);
        }
        else if (rung > _recent)
        {
            // It is on its way.
            (_roundsBelow, _recent) = (0, rung);
        }
        else if (++_roundsBelow >= RoundsToForget)
        {
            (_need, _recent, _roundsBelow, _isAsking) = (Math.Min(_need, _recent), rung, 0, false);
        }

        var (wanted, measured) = (Wanted, Rates);
        Wanted = Math.Min(Limit, _isAsking ? _need + 1 : _need);
        Rates = Measured;
        return Wanted != wanted || Rates != measured;
    }

    /// <summary>It has all that it was given, and asks for more after a while.</summary>
    private void Hold(int rung)
    {
        if (rung == _need && !_isAsking && _need < Limit && ++_roundsHeld >= _patience)
        {
            (_isAsking, _roundsHeld, _patience) = (true, 0, Math.Min(_patience * 2, MostPatience));
        }
    }
}
