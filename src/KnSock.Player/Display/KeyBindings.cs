namespace KnSock.Player.Display;

/// <summary>Which key does what: as in mpv, and a digit for each of the first nine channels.</summary>
/// <remarks>9 and 0 change the volume in mpv, so the ninth channel has the 9 of the keypad only.</remarks>
internal static class KeyBindings
{
    private const int Escape = 27;
    private const int KeypadOne = 0x40000059;

    /// <summary>Shift says nothing about intent here (an upper-case letter by caps lock is the same key); these do.</summary>
    private const int ControlAltOrSystem = 0x00C0 | 0x0300 | 0x0C00;

    /// <summary>The meaning of a key.</summary>
    /// <param name="key">SDL_Keycode: the character that the key gives without modifiers.</param>
    /// <param name="modifiers">SDL_Keymod bits.</param>
    /// <param name="isRepeat">Whether it is held down; only the volume goes on changing then.</param>
    public static PlayerCommand Map(int key, int modifiers, bool isRepeat)
    {
        if ((modifiers & ControlAltOrSystem) != 0)
        {
            return default;
        }

        var command = Map(key);
        return isRepeat && command.Kind is not (PlayerCommandKind.VolumeUp or PlayerCommandKind.VolumeDown) ? default : command;
    }

    private static PlayerCommand Map(int key) => key switch
    {
        ' ' or 'p' => new(PlayerCommandKind.TogglePause),
        'm' => new(PlayerCommandKind.ToggleMute),
        '0' or '*' => new(PlayerCommandKind.VolumeUp),
        '9' or '/' => new(PlayerCommandKind.VolumeDown),
        'f' => new(PlayerCommandKind.ToggleFullscreen),
        'i' => new(PlayerCommandKind.ToggleStatistics),
        'q' or Escape => new(PlayerCommandKind.Quit),
        >= '1' and <= '8' => new(PlayerCommandKind.SelectChannel, key - '1'),
        >= KeypadOne and < KeypadOne + 9 => new(PlayerCommandKind.SelectChannel, key - KeypadOne),
        _ => default,
    };
}
