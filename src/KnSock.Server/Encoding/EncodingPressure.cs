namespace KnSock.Server.Encoding;

/// <summary>
/// How hard the machine is pressed by what is watched, in steps: each one says that something has to give. Goes up soon, when encoders are
/// slower than what they make is played, and down late, so that nothing swings.
/// </summary>
internal sealed class EncodingPressure
{
    /// <summary>Slower than this, an encoder loses against playout, or wins too little to ever be ahead.</summary>
    private const double TooSlow = 1.05;

    /// <summary>From this on there is room for a better preset, each of which takes up to twice the time of the next.</summary>
    private const double WithRoom = 2.5;

    private static readonly TimeSpan UntilUp = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan UntilDown = TimeSpan.FromSeconds(60);

    /// <summary>A step takes a new encoder, which has to come up to speed before it is judged.</summary>
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(4);

    private TimeSpan? _slowSince;
    private TimeSpan? _roomSince;
    private TimeSpan? _stepped;

    /// <summary>The steps taken; 0: none.</summary>
    public int Level { get; private set; }

    /// <summary>Takes a new look. True if the level has changed.</summary>
    /// <param name="slowest">The speed of the slowest encoder that is waited for, in media time per time. Null: none is.</param>
    /// <param name="most">The highest level that there is.</param>
    /// <param name="now">The time.</param>
    public bool Update(double? slowest, int most, TimeSpan now)
    {
        if (now - _stepped < Settling)
        {
            return false;
        }

        _slowSince = slowest < TooSlow ? _slowSince ?? now : null;
        _roomSince = slowest is null or >= WithRoom ? _roomSince ?? now : null;
        if (now - _slowSince >= UntilUp && Level < most)
        {
            return Step(Level + 1, now);
        }

        return now - _roomSince >= UntilDown && Level > 0 && Step(Level - 1, now);
    }

    /// <summary>Some of what had to give has gone altogether.</summary>
    /// <param name="steps">How many steps it was.</param>
    public void Relieve(int steps) => Level = Math.Max(0, Level - steps);

    private bool Step(int level, TimeSpan now)
    {
        (Level, _stepped, _slowSince, _roomSince) = (level, now, null, null);
        return true;
    }
}
