namespace KnSock.Server.Sessions;

/// <summary>How a session stands at a moment.</summary>
internal sealed record SessionFigures
{
    /// <summary>Name of the session.</summary>
    public required string Id { get; init; }

    /// <summary>Address of the viewer.</summary>
    public required string Address { get; init; }

    /// <summary>Name of its program, as it says.</summary>
    public required string Client { get; init; }

    /// <summary>What carries it: <c>tcp</c> or <c>websocket</c>.</summary>
    public required string Transport { get; init; }

    /// <summary>How long it has been there, seconds.</summary>
    public required double JoinedSeconds { get; init; }

    /// <summary>Changes of rung.</summary>
    public required int Switches { get; init; }

    /// <summary>What it watches. Null: nothing.</summary>
    public string? Channel { get; init; }

    /// <summary>The rung that it is sent.</summary>
    public string? Rendition { get; init; }

    /// <summary>Its rate with the sound, bit/s.</summary>
    public long? BitsPerSecond { get; init; }

    /// <summary>What its link is taken to carry, bit/s. Null: not known yet.</summary>
    public double? LinkBitsPerSecond { get; init; }

    /// <summary>What its player does, as it reports.</summary>
    public string? State { get; init; }

    /// <summary>Media that it has ready, as it reports, seconds: the lesser of picture and sound.</summary>
    public double? BufferSeconds { get; init; }

    /// <summary>What it wants ready, seconds.</summary>
    public double? TargetSeconds { get; init; }

    /// <summary>How far its playout is behind the live edge, milliseconds. Null: it is not on the broadcast, or has not said.</summary>
    public double? LatencyMs { get; init; }

    /// <summary>Stalls, as it reports.</summary>
    public int Stalls { get; init; }

    /// <summary>Their length together, milliseconds.</summary>
    public long StallMs { get; init; }

    /// <summary>Frames not shown.</summary>
    public int Dropped { get; init; }
}
