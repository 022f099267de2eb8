using KnSock.Fuzz.Engine;
using KnSock.Fuzz.Targets;

namespace KnSock.Fuzz;

/// <summary>The decoders that are fuzzed. A new one is a line here.</summary>
public static class AllTargets
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<FuzzTarget> List { get; } =
    [
        new FramesTarget(), new LinesTarget(), new ControlTarget(), new FeedbackTarget(), new GreetingTarget(), new PlaybackTarget(), new UnitsTarget(),
        new ClientMessagesTarget(), new ServerMessagesTarget(), new Fmp4Target(), new H264Target(), new AacTarget(), new GopFileTarget(), new ProbeTarget(), new PacketsTarget(),
        new HlsTarget(), new DecisionTarget(), new TraceTarget(), new LegacyAudioTarget(), new LegacyVideoTarget(), new LegacyLinesTarget(),
    ];

    /// <summary>Those with these names; all where none is given.</summary>
    /// <exception cref="FormatException">There is none of a name.</exception>
    internal static IReadOnlyList<FuzzTarget> Named(IReadOnlyList<string> names) => names.Count == 0
        ? List
        : [.. names.Select(name => List.FirstOrDefault(t => t.Name == name) ?? throw new FormatException($"there is no target {name}; there are {string.Join(", ", List.Select(t => t.Name))}"))];
}
