using System.Globalization;
using KnSock.Server.Adaptation;
using KnSock.Simulation.Results;

namespace KnSock.Simulation.Policies;

/// <summary>What others use, and the parameters among which each is tuned.</summary>
/// <remarks>
/// Behind each list stands which of it is used at 200, 500 and 1000 ms behind the live edge and with read-ahead: the one with the highest mean quality on every second of 27 public traces, by name. The
/// first of each list is what its paper or program has.
/// </remarks>
internal static class Baselines
{
    public static Policy BufferBased { get; } = Of("bba", static (BufferBasedOptions o, int first) => new BufferBasedSelector(o, first),
    [
        new(),
        new() { ReservoirShare = 0.375, CushionEndShare = 0.9 },
        new() { ReservoirShare = 0.1, CushionEndShare = 0.9 },
        new() { ReservoirShare = 0.1, CushionEndShare = 0.6 },
        new() { ReservoirShare = 0.25, CushionEndShare = 0.6 },
        new() { ReservoirShare = 0.5, CushionEndShare = 0.8 },
        new() { ReservoirShare = 0.4, CushionEndShare = 0.6 },
    ], tuned: [2, 2, 2, 2]);

    public static Policy Bola { get; } = Of("bola", static (BolaOptions o, int first) => new BolaSelector(o, first), BolaGrid, tuned: [5, 5, 5, 4]);

    public static Policy Dynamic { get; } = Of("dynamic", static (DynamicOptions o, int first) => new DynamicSelector(o, first),
    [
        new(),
        new() { SafetyFactor = 0.75 },
        new() { SafetyFactor = 0.75, Bola = new() { VirtualBuffer = TimeSpan.Zero } },
        new() { Threshold = 0.6 },
        new() { Bola = new() { InsufficientBufferFactor = 1 } },
        new() { SafetyFactor = 0.75, Bola = new() { InsufficientBufferFactor = 1, TargetShare = 0.75 } },
        new() { View = ThroughputView.Deliveries, Bola = new() { View = ThroughputView.Deliveries } },
    ], tuned: [4, 4, 4, 4]);

    public static Policy RobustMpc { get; } = Of("robustmpc", static (RobustMpcOptions o, int first) => new RobustMpcSelector(o, first),
    [
        new(),
        new() { Horizon = 3 },
        new() { StallFactor = 2 },
        new() { StallFactor = 4 },
        new() { Samples = 10 },
        new() { Samples = 3 },
        new() { IsRobust = false },
        new() { View = ThroughputView.Deliveries },
    ], tuned: [6, 6, 6, 6]);

    public static Policy HlsJs { get; } = Of("hlsjs", static (HlsJsOptions o, int first) => new HlsJsSelector(o, first),
    [
        new(),
        new() { UpFactor = 0.85 },
        new() { Factor = 0.8, UpFactor = 0.6 },
        new() { FastHalfLife = 1.5, SlowHalfLife = 4.5 },
        new() { FastHalfLife = 1.5, SlowHalfLife = 4.5, Factor = 0.8, UpFactor = 0.6 },
        new() { FastHalfLife = 5, SlowHalfLife = 15 },
        new() { View = ThroughputView.Deliveries },
    ], tuned: [1, 1, 1, 1]);

    public static Policy Gcc { get; } = Of("gcc", static (GccOptions o, int first) => new GccSelector(o, first),
    [
        new(),
        new() { ReceivedCap = 3 },
        new() { Decrease = 0.7 },
        new() { GrowthPerSecond = 1.04 },
        new() { GrowthPerSecond = 1.15, ReceivedCap = 3 },
        new() { Threshold = 0.15 },
        new() { Threshold = 0.15, ReceivedCap = 3 },
    ], tuned: [4, 4, 4, 4]);

    public static Policy Original { get; } = Of("original", static (ThresholdOptions o, int first) => new ThresholdSelector(o, first),
    [
        new(),
        new() { LowShare = 0.3, HighShare = 0.6 },
        new() { LowShare = 0.5, HighShare = 0.75 },
        new() { LowShare = 0.25, HighShare = 0.9 },
        new() { LowShare = 0.3, HighShare = 0.6, Interval = TimeSpan.FromSeconds(2) },
        new() { LowShare = 0.5, HighShare = 0.75, Interval = TimeSpan.FromSeconds(4) },
    ], tuned: [4, 5, 5, 5]);

    private static IReadOnlyList<BolaOptions> BolaGrid =>
    [
        new(),
        new() { TargetShare = 0.75 },
        new() { MinimumShare = 0.25 },
        new() { VirtualBuffer = TimeSpan.Zero },
        new() { VirtualBuffer = TimeSpan.FromSeconds(12), InsufficientBufferFactor = 1 },
        new() { VirtualBuffer = TimeSpan.Zero, TargetShare = 0.6, InsufficientBufferFactor = 1 },
        new() { AvoidsOscillation = true },
        new() { AvoidsOscillation = true, InsufficientBufferFactor = 1 },
    ];

    /// <summary>All of them behind the product's own policy. Stands behind the others, which are made first.</summary>
    public static IReadOnlyList<Policy> WithOwn { get; } =
    [
        OwnPolicy.With(new RenditionSelectorOptions()),
        BufferBased,
        Bola,
        Dynamic,
        RobustMpc,
        HlsJs,
        Gcc,
        Original,
    ];

    private static Policy Of<TOptions>(string name, Func<TOptions, int, IRenditionSelector> create, IReadOnlyList<TOptions> grid, int[] tuned)
        where TOptions : notnull
    {
        Policy With(string title, TOptions options) => new(title, setup => create(options, setup.FirstRung));
        return new Policy(name, setup => create(grid[tuned[IndexOf(setup.Setting)]], setup.FirstRung))
        {
            Variants = [.. grid.Select((options, i) => With(i == 0 ? $"{name}(as published)" : $"{name}({Differences(options, grid[0])})", options))],
        };
    }

    /// <summary>The nearest of the settings that baselines are tuned for.</summary>
    private static int IndexOf(Setting setting) => setting.Regime == Regime.ReadAhead ? 3 : setting.Delay.TotalMilliseconds switch
    {
        < 350 => 0,
        < 750 => 1,
        _ => 2,
    };

    /// <summary>Names and values of the options that are not the default's.</summary>
    private static string Differences(object options, object usual) =>
        string.Join(", ", options.GetType().GetProperties().Where(p => !Equals(p.GetValue(options), p.GetValue(usual))).Select(p =>
            p.PropertyType is { IsClass: true }
                ? $"{p.Name}({Differences(p.GetValue(options)!, p.GetValue(usual)!)})"
                : string.Create(CultureInfo.InvariantCulture, $"{p.Name}={p.GetValue(options)}")));
}
