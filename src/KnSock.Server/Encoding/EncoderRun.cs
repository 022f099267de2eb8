using KnSock.Media;

namespace KnSock.Server.Encoding;

/// <summary>What one encoder child makes: renditions of one kind, from one decoding of the source, over a range of GOPs.</summary>
internal sealed record EncoderRun
{
    /// <summary>Rungs of the picture, or the sound alone.</summary>
    public required IReadOnlyList<Rendition> Renditions { get; init; }

    public required int FirstGop { get; init; }

    /// <summary>The GOP before which it ends.</summary>
    public required int EndGop { get; init; }

    /// <summary>x264's preset.</summary>
    public string Preset { get; init; } = DefaultPreset;

    /// <summary>How far the child stands back for others, 0 to 19, as nice(1) has it.</summary>
    public int Niceness { get; init; }

    /// <summary>The most that the child may use of all cores, 1 = all of them.</summary>
    public double CpuShare { get; init; } = 1;

    /// <summary>The preset where the machine suffices.</summary>
    public const string DefaultPreset = "veryfast";

    /// <summary>The presets that are used, the best first; each next one takes less time and gives less for the same rate.</summary>
    public static string[] Presets { get; } = [DefaultPreset, "superfast", "ultrafast"];
}
