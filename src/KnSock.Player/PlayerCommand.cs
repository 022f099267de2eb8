namespace KnSock.Player;

/// <summary>What a key press asks for.</summary>
/// <param name="Kind">What is to be done.</param>
/// <param name="Channel">For <see cref="PlayerCommandKind.SelectChannel"/>: place in the catalog, from 0.</param>
public readonly record struct PlayerCommand(PlayerCommandKind Kind, int Channel = 0)
{
    /// <summary>For <see cref="PlayerCommandKind.Seek"/>: how far, backwards if negative.</summary>
    public TimeSpan By { get; init; }
}

/// <summary>What can be done with keys.</summary>
public enum PlayerCommandKind
{
    /// <summary>Nothing; the key has no meaning.</summary>
    None,

    /// <summary>Stop or resume playout.</summary>
    TogglePause,

    /// <summary>Silence the sound or let it be heard again.</summary>
    ToggleMute,

    /// <summary>A little louder.</summary>
    VolumeUp,

    /// <summary>A little quieter.</summary>
    VolumeDown,

    /// <summary>Fill the screen or go back to the window.</summary>
    ToggleFullscreen,

    /// <summary>Show or hide the statistics.</summary>
    ToggleStatistics,

    /// <summary>Go on somewhat before or after the present position.</summary>
    Seek,

    /// <summary>Go on at the beginning.</summary>
    SeekToBeginning,

    /// <summary>Change to another channel.</summary>
    SelectChannel,

    /// <summary>End.</summary>
    Quit,
}
