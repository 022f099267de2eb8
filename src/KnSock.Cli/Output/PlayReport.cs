using System.Globalization;
using KnSock.Client.Playout;

namespace KnSock.Cli.Output;

/// <summary>The figures of a playback as <c>knsock play --json</c> prints them; names and number of its properties are a contract.</summary>
internal sealed record PlayReport
{
    /// <summary>Name of the channel.</summary>
    public required string Channel { get; init; }

    /// <summary>From the start of connecting to the first picture, milliseconds.</summary>
    public required double? JoinMs { get; init; }

    /// <summary>Pictures presented.</summary>
    public required long FramesPresented { get; init; }

    /// <summary>Pictures late, missing or damaged.</summary>
    public required long FramesDropped { get; init; }

    /// <summary>How often playout stopped for want of data.</summary>
    public required int Stalls { get; init; }

    /// <summary>For how long, milliseconds.</summary>
    public required double? StallMs { get; init; }

    /// <summary>95th percentile of the distance between picture and sound, milliseconds.</summary>
    public required double? AvSkewP95Ms { get; init; }

    /// <summary>Median distance behind the live edge, milliseconds.</summary>
    public required double? LatencyP50Ms { get; init; }

    /// <summary>95th percentile of the distance behind the live edge, milliseconds.</summary>
    public required double? LatencyP95Ms { get; init; }

    /// <summary>Changes of rung.</summary>
    public required int Switches { get; init; }

    /// <summary>Names of the rungs in the order of their first appearance.</summary>
    public required IReadOnlyList<string> Renditions { get; init; }

    /// <summary>Bytes received on the video and audio ports.</summary>
    public required long BytesReceived { get; init; }

    /// <summary>Sound that was heard, seconds.</summary>
    public required double? AudioSeconds { get; init; }

    /// <summary>Faults, each a sentence.</summary>
    public required IReadOnlyList<string> Errors { get; init; }

    /// <summary>How much media is to lie ready at the end, milliseconds.</summary>
    public required double? TargetDelayMs { get; init; }

    /// <summary>The slowest that playout went, 1 = as recorded.</summary>
    public required double? LowestRate { get; init; }

    /// <summary>The fastest that playout went.</summary>
    public required double? HighestRate { get; init; }

    /// <summary>How often playout jumped ahead because it was too far behind the live edge.</summary>
    public required int Jumps { get; init; }

    /// <summary>What was seen: for how long, how often and for how long the picture stood still, and pictures by rung.</summary>
    public WatchedReport? Watched { get; init; }

    /// <summary>Takes the figures over; numbers that JSON cannot hold become null.</summary>
    public static PlayReport From(PlaybackStatistics s) => new()
    {
        Channel = s.Channel,
        JoinMs = s.JoinMs is { } join ? Tidy(join) : null,
        FramesPresented = s.FramesPresented,
        FramesDropped = s.FramesDropped,
        Stalls = s.Stalls,
        StallMs = Tidy(s.StallMs),
        AvSkewP95Ms = Tidy(s.AvSkewP95Ms),
        LatencyP50Ms = Tidy(s.LatencyP50Ms),
        LatencyP95Ms = Tidy(s.LatencyP95Ms),
        Switches = s.Switches,
        Renditions = s.Renditions,
        BytesReceived = s.BytesReceived,
        AudioSeconds = Tidy(s.AudioSeconds),
        Errors = s.Errors,
        TargetDelayMs = Tidy(s.TargetDelayMs),
        LowestRate = Tidy(s.LowestPlaybackRate),
        HighestRate = Tidy(s.HighestPlaybackRate),
        Jumps = s.Jumps,
        Watched = s.Watched is { } w ? new WatchedReport(Math.Round(w.Seconds, 3), w.Standstills, Math.Round(w.StandstillMs, 2), w.Pictures) : null,
    };

    /// <summary>The figures for people, a line each.</summary>
    public IEnumerable<string> ToLines()
    {
        yield return $"channel   {Printable.Escape(Channel)}";
        yield return $"pictures  {FramesPresented} presented, {FramesDropped} dropped; first after {Text(JoinMs)} ms";
        yield return $"stalls    {Stalls}, {Text(StallMs)} ms in all";
        yield return $"sound     {Text(AudioSeconds)} s heard; {Text(AvSkewP95Ms)} ms from the picture (p95)";
        yield return $"latency   {Text(LatencyP50Ms)} ms (p50), {Text(LatencyP95Ms)} ms (p95)";
        yield return $"delay     {Text(TargetDelayMs)} ms wanted; playout at {Rate(LowestRate)} to {Rate(HighestRate)} x, {Jumps} jumps";
        yield return $"rungs     {Printable.Escape(string.Join(' ', Renditions))}; {Switches} changes";
        yield return $"received  {(BytesReceived / 1e6).ToString("0.0", CultureInfo.InvariantCulture)} MB";
        foreach (var error in Errors)
        {
            yield return $"fault     {Printable.Escape(error)}";
        }
    }

    private static double? Tidy(double value) => double.IsFinite(value) ? Math.Round(value, 2) : null;

    private static string Rate(double? value) => value?.ToString("0.00", CultureInfo.InvariantCulture) ?? "-";

    private static string Text(double? value) => value?.ToString("0.#", CultureInfo.InvariantCulture) ?? "-";
}

/// <summary>What was seen, in <see cref="PlayReport"/>.</summary>
/// <param name="Seconds">For how long, from the first picture on, pauses left out.</param>
/// <param name="Standstills">How often a picture was seen for longer than 80 ms and two pictures.</param>
/// <param name="StandstillMs">For how long, milliseconds.</param>
/// <param name="Pictures">Pictures shown by the name of their rung.</param>
internal sealed record WatchedReport(double Seconds, int Standstills, double StandstillMs, IReadOnlyDictionary<string, long> Pictures);
