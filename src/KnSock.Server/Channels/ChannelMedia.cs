using KnSock.Media;
using KnSock.Server.Encoding;
using KnSock.Server.Sources;

namespace KnSock.Server.Channels;

/// <summary>The media of a channel: its tracks, and what encodes them.</summary>
internal sealed record ChannelMedia
{
    public required string Name { get; init; }

    public required MediaSource Source { get; init; }

    public required LoopTimeline Timeline { get; init; }

    public required Ladder Ladder { get; init; }

    /// <summary>Encodes a range of it.</summary>
    public required EncodeRange Encode { get; init; }

    /// <summary>The rungs, lowest first.</summary>
    public required IReadOnlyList<RenditionTrack> Video { get; init; }

    public required RenditionTrack Audio { get; init; }

    /// <summary>The sound for poor links. Null: there is none.</summary>
    public RenditionTrack? LowAudio { get; init; }

    /// <summary>The same for kn-sock's clients. Null: they are not served.</summary>
    public LegacyMedia? Legacy { get; init; }

    /// <summary>The tracks that are offered to viewers of the protocol, stored and encoded ahead.</summary>
    public IEnumerable<RenditionTrack> All => LowAudio is { } low ? Video.Append(Audio).Append(low) : Video.Append(Audio);

    /// <summary>All tracks, those for kn-sock's clients among them.</summary>
    public IEnumerable<RenditionTrack> AllServed => Legacy is { } legacy ? All.Concat(legacy.All) : All;
}

/// <summary>Encodes renditions over a range of GOPs, as <see cref="RenditionEncoder.EncodeAsync"/>.</summary>
internal delegate IAsyncEnumerable<EncodedUnit> EncodeRange(EncoderRun run, CancellationToken cancellationToken);
