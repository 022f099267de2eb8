using KnSock.Media;

namespace KnSock.Server.Sessions;

/// <summary>How many marks a viewer has been sent, which is the sequence number of its next one.</summary>
/// <param name="Sound">Of the sound.</param>
/// <param name="Picture">Of the picture.</param>
internal readonly record struct MarkCounts(uint Sound, uint Picture)
{
    /// <summary>Those of a track.</summary>
    public uint this[TrackKind kind] => kind == TrackKind.Audio ? Sound : Picture;

    /// <summary>With one more of a track.</summary>
    public MarkCounts With(TrackKind kind) => kind == TrackKind.Audio ? this with { Sound = Sound + 1 } : this with { Picture = Picture + 1 };
}
