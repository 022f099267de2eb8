namespace KnSock.Fanout.Load;

/// <summary>How the viewers of one role fared while it was measured.</summary>
public sealed record GroupFigures
{
    /// <summary>Viewers.</summary>
    public required int Viewers { get; init; }

    /// <summary>Those that are still connected and have what they came for.</summary>
    public required int Running { get; init; }

    /// <summary>Bytes that they received.</summary>
    public required long Bytes { get; init; }

    /// <summary>Access units.</summary>
    public required long Units { get; init; }

    /// <summary>How late these were.</summary>
    public required SpreadHistogram Spread { get; init; }

    /// <summary>Stalls.</summary>
    public required int Stalls { get; init; }

    /// <summary>Viewers that had less than the target ready at a time.</summary>
    public required int BelowTarget { get; init; }

    /// <summary>The least that any had ready, milliseconds.</summary>
    public required double? LeastBufferMs { get; init; }

    /// <summary>How much of the timeline the viewer that got least received, milliseconds.</summary>
    public required double? LeastAdvancedMs { get; init; }

    /// <summary>How often the server left something out to catch up.</summary>
    public required int Skips { get; init; }

    /// <summary>From connect to the first decodable picture, milliseconds, of those that came so far.</summary>
    public required IReadOnlyList<double> JoinMs { get; init; }

    /// <summary>Viewers by the index of the rung that they have at the end.</summary>
    public required IReadOnlyDictionary<int, int> Renditions { get; init; }

    /// <summary>Why viewers ended that should not have.</summary>
    public required IReadOnlyList<string> Faults { get; init; }

    internal static GroupFigures Of(IReadOnlyCollection<LoadViewer> viewers, long now)
    {
        var spread = new SpreadHistogram();
        foreach (var viewer in viewers)
        {
            viewer.Media.Playout.Advance(now);
            viewer.Media.Spread.AddTo(spread);
        }

        var playing = viewers.Where(v => v.JoinedAt is not null).ToList();
        var playouts = playing.ConvertAll(v => v.Media.Playout.Figures);
        return new GroupFigures
        {
            Viewers = viewers.Count,
            Running = viewers.Count(v => v.HasJoined && v.Fault is null),
            Bytes = viewers.Sum(v => v.BytesMeasured),
            Units = viewers.Sum(v => v.Media.Units),
            Spread = spread,
            Stalls = playouts.Sum(p => p.Stalls),
            BelowTarget = playouts.Count(p => p.TimeBelowTarget > 0),
            LeastBufferMs = playouts.Count == 0 ? null : playouts.Min(p => p.LeastBuffer) / 1000.0,
            LeastAdvancedMs = playing.Count == 0 ? null : playing.Min(v => v.Media.Advanced) / 1000.0,
            Skips = viewers.Sum(v => v.Media.Skips),
            JoinMs = [.. viewers.Where(v => v.JoinTime is not null).Select(v => v.JoinTime!.Value / 1000.0)],
            Renditions = playing.CountBy(v => v.Media.Rendition).ToDictionary(),
            Faults = [.. viewers.Where(v => v.Fault is not null).Select(v => v.Fault!)],
        };
    }
}
