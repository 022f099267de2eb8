using System.Text.Json;
using KnSock.Simulation.Results;

namespace KnSock.Shaped.Results;

/// <summary>Reads figures from what simulation, <c>knsock play</c> and the page with hls.js say.</summary>
internal static class FiguresReading
{
    /// <summary>Those of a simulated viewer.</summary>
    public static ViewerFigures Of(Outcome outcome) => new()
    {
        WatchedSeconds = outcome.WatchedSeconds,
        StallRatio = outcome.StalledSeconds / outcome.WatchedSeconds,
        StallsPerMin = outcome.Stalls * 60 / outcome.WatchedSeconds,
        Kbps = outcome.MeanKbps,
        SwitchesPerMin = outcome.Switches * 60 / outcome.WatchedSeconds,
        LatencyP95Ms = outcome.LatencyP95Ms,
        StartUpMs = outcome.StartUpMs,
    };

    /// <summary>Those of <c>knsock play --json</c>.</summary>
    /// <param name="json">What it printed.</param>
    /// <param name="kbps">Rates of the rungs by name.</param>
    /// <param name="seconds">How long it ran.</param>
    public static ViewerFigures OfPlay(JsonElement json, IReadOnlyDictionary<string, double> kbps, double seconds)
    {
        var watched = json.GetProperty("watched");
        var pictures = watched.GetProperty("pictures").EnumerateObject().Select(p => (Kbps: kbps[p.Name], Count: p.Value.GetDouble())).ToList();
        var watchedSeconds = watched.GetProperty("seconds").GetDouble();
        var (presented, dropped) = (json.GetProperty("framesPresented").GetDouble(), json.GetProperty("framesDropped").GetDouble());
        return pictures.Count == 0 || watchedSeconds <= 0 ? ViewerFigures.OfNothing(seconds) : new ViewerFigures
        {
            WatchedSeconds = watchedSeconds,
            StallRatio = watched.GetProperty("standstillMs").GetDouble() / 1000 / watchedSeconds,
            StallsPerMin = watched.GetProperty("standstills").GetDouble() * 60 / watchedSeconds,
            Kbps = Mean(pictures),
            SwitchesPerMin = json.GetProperty("switches").GetDouble() * 60 / watchedSeconds,
            LatencyP95Ms = Number(json, "latencyP95Ms"),
            StartUpMs = Number(json, "joinMs"),
            Dropped = dropped / Math.Max(1, presented + dropped),
        };
    }

    /// <summary>Those of the page with hls.js.</summary>
    /// <param name="json">What it posted.</param>
    /// <param name="kbps">Rates of the rungs by height.</param>
    /// <param name="seconds">How long it ran.</param>
    public static ViewerFigures OfPage(JsonElement json, IReadOnlyDictionary<int, double> kbps, double seconds)
    {
        var watched = json.GetProperty("watched").EnumerateObject().Select(p => (Kbps: kbps[int.Parse(p.Name, System.Globalization.CultureInfo.InvariantCulture)], Count: p.Value.GetDouble())).ToList();
        var watchedSeconds = json.GetProperty("seconds").GetDouble();
        return watched.Sum(w => w.Count) <= 0 || watchedSeconds <= 0 ? ViewerFigures.OfNothing(seconds) : new ViewerFigures
        {
            WatchedSeconds = watchedSeconds,
            StallRatio = json.GetProperty("standstillMs").GetDouble() / 1000 / watchedSeconds,
            StallsPerMin = json.GetProperty("standstills").GetDouble() * 60 / watchedSeconds,
            Kbps = Mean(watched),
            SwitchesPerMin = json.GetProperty("switches").GetDouble() * 60 / watchedSeconds,
            LatencyP95Ms = Number(json, "latencyP95Ms"),
            StartUpMs = Number(json, "startUpMs"),
            Dropped = json.GetProperty("dropped").GetDouble() / Math.Max(1, json.GetProperty("frames").GetDouble()),
        };
    }

    private static double Mean(List<(double Kbps, double Count)> parts) => parts.Sum(p => p.Kbps * p.Count) / parts.Sum(p => p.Count);

    private static double? Number(JsonElement json, string name) => json.GetProperty(name) is { ValueKind: JsonValueKind.Number } value ? value.GetDouble() : null;
}
