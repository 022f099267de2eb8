namespace KnSock.Simulation.Results;

/// <summary>How far ahead of playout a viewer is sent.</summary>
internal enum Regime
{
    /// <summary>At the live edge, with a target delay.</summary>
    Live,

    /// <summary>Up to some seconds ahead.</summary>
    ReadAhead,
}

/// <summary>What a viewer asks for.</summary>
/// <param name="Regime">How far ahead it is sent.</param>
/// <param name="Delay">At the live edge: the target delay. With read-ahead: the most that is sent ahead.</param>
internal readonly record struct Setting(Regime Regime, TimeSpan Delay)
{
    /// <summary>Those that are compared: 200, 500 and 1000 ms behind the live edge, and 8 s of read-ahead.</summary>
    public static IReadOnlyList<Setting> All { get; } =
    [
        new(Regime.Live, TimeSpan.FromMilliseconds(200)),
        new(Regime.Live, TimeSpan.FromMilliseconds(500)),
        new(Regime.Live, TimeSpan.FromSeconds(1)),
        new(Regime.ReadAhead, TimeSpan.FromSeconds(8)),
    ];
}
