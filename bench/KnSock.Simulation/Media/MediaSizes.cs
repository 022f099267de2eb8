using KnSock.Media;

namespace KnSock.Simulation.Media;

/// <summary>What the access units of an encoded video weigh, in all rungs: all of it that a simulation needs.</summary>
internal sealed record MediaSizes
{
    /// <summary>Pictures a second.</summary>
    public required FrameRate FrameRate { get; init; }

    /// <summary>Pictures of a GOP.</summary>
    public required int GopFrames { get; init; }

    /// <summary>The rungs, lowest first, all with as many pictures.</summary>
    public required IReadOnlyList<RungSizes> Rungs { get; init; }

    /// <summary>Rate of the sound, bit/s.</summary>
    public required int SoundBitsPerSecond { get; init; }

    /// <summary>Bytes of the sound's units.</summary>
    public required IReadOnlyList<int> Sound { get; init; }

    /// <summary>Pictures of each rung.</summary>
    public int Pictures => Rungs[0].Pictures.Count;
}

/// <summary>What the pictures of a rung weigh.</summary>
internal sealed record RungSizes
{
    public required string Name { get; init; }

    public required int Width { get; init; }

    public required int Height { get; init; }

    /// <summary>Rate that its encoder aimed at.</summary>
    public required int BitsPerSecond { get; init; }

    /// <summary>The pictures in decoding order.</summary>
    public required IReadOnlyList<PictureSize> Pictures { get; init; }
}

/// <summary>A picture.</summary>
/// <param name="Bytes">Its bytes.</param>
/// <param name="Shift">By how many places it is presented later than it is decoded.</param>
internal readonly record struct PictureSize(int Bytes, int Shift);
