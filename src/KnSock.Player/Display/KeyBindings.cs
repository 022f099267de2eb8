namespace KnSock.Player.Display;

/// <summary>Which key does what: as in mpv, and a digit for each of the first nine channels.</summary>
/// <remarks>9 and 0 change the volume in mpv, so the ninth channel has the 9 of the keypad only.</remarks>
internal static class KeyBindings
{
    private const int Escape = 27;
    private const int KeypadOne = 0x40000059;
    private const int Home = 0x4000004A;
    private const int Right = 0x4000004F;
    private const int Left = 0x40000050;
    private const int Down = 0x40000051;
    private const int Up = 0x40000052;
    private const int Shift = 0x0003;

    /// <summary>Shift says nothing about intent but with arrows (an upper-case letter by caps lock is the same key); these do.</summary>
    private const int ControlAltOrSystem = 0x00C0 | 0x0300 | 0x0C00;

    /// <summary>The meaning of a key.</summary>
    /// <param name="key">SDL_Keycode: the character that the key gives without modifiers.</param>
    /// <param name="modifiers">SDL_Keymod bits.</param>
    /// <param name="isRepeat">Whether it is held down; only volume and position go on changing then.</param>
    public static PlayerCommand Map(int key, int modifiers, bool isRepeat)
    {
        if ((modifiers & ControlAltOrSystem) != 0)
        {
            return default;
        }

        var command = (modifiers & Shift) != 0 && key is (Left or Right) ? Seek(key == Left ? -1 : 1) : Map(key);
        return isRepeat && command.Kind is not (PlayerCommandKind.VolumeUp or PlayerCommandKind.VolumeDown or PlayerCommandKind.Seek) ? default : command;
    }

    private static PlayerCommand Seek(double seconds) => new(PlayerCommandKind.Seek) { By = TimeSpan.FromSeconds(seconds) };

    private static PlayerCommand Map(int key) => key switch
    {
        ' ' or 'p' => new(PlayerCommandKind.TogglePause),
        'm' => new(PlayerCommandKind.ToggleMute),
        '0' or '*' => new(PlayerCommandKind.VolumeUp),
        '9' or '/' => new(PlayerCommandKind.VolumeDown),
        'f' => new(PlayerCommandKind.ToggleFullscreen),
        'i' => new(PlayerCommandKind.ToggleStatistics),
        'q' or Escape => new(PlayerCommandKind.Quit),
        Left => Seek(-5),
        Right => Seek(5),
        Down => Seek(-60),
        Up => Seek(60),
        Home => new(PlayerCommandKind.SeekToBeginning),
        >= '1' and <= '8' => new(PlayerCommandKind.SelectChannel, key - '1'),
        >= KeypadOne and < KeypadOne + 9 => new(PlayerCommandKind.SelectChannel, key - KeypadOne),
        _ => default,
    };
}
