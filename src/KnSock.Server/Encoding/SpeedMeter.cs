namespace KnSock.Server.Encoding;

/// <summary>How fast an encoder makes media while it is waited for: media a second of waiting. What it made while nobody waited does not count.</summary>
internal sealed class SpeedMeter
{
    /// <summary>Encoders give out their units in bursts, over which this goes.</summary>
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(1);

    private TimeSpan _waited;
    private TimeSpan _made;

    /// <summary>Adds a unit. A speed each time that a window is full; otherwise null.</summary>
    public double? Add(TimeSpan waited, TimeSpan made)
    {
        (_waited, _made) = (_waited + waited, _made + made);
        if (_waited < Window && _made < Window * 4)
        {
            return null;
        }

        var speed = _made / (_waited > TimeSpan.Zero ? _waited : TimeSpan.FromTicks(1));
        (_waited, _made) = (TimeSpan.Zero, TimeSpan.Zero);
        return speed;
    }
}
