using KnSock.Protocol.Legacy;
using KnSock.Server.Sources;

namespace KnSock.Server.Channels;

/// <summary>
/// The media of a channel as kn-sock's clients know it: further tracks of the same loop. They are encoded when they are watched and kept in memory only: JPEG is quick to make
/// and ten times as large as what it would push out of the store.
/// </summary>
internal sealed record LegacyMedia
{
    /// <summary>The rungs of JPEG pictures, lowest first.</summary>
    public required IReadOnlyList<RenditionTrack> Pictures
    {
        get => Rungs.Tracks;
        init => Rungs = new RungOffer(value);
    }

    /// <summary>The same, and which of them are withdrawn.</summary>
    public RungOffer Rungs { get; private init; } = new([]);

    /// <summary>The sound, as samples.</summary>
    public required RenditionTrack Sound { get; init; }

    /// <summary>The channel's loop, with sound of <see cref="LegacyAudioFrame.SampleRate"/>.</summary>
    public required LoopTimeline Timeline { get; init; }

    /// <summary>Encodes a range of it.</summary>
    public required EncodeRange Encode { get; init; }

    public IEnumerable<RenditionTrack> All => Pictures.Append(Sound);
}
