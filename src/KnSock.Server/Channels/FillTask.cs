namespace KnSock.Server.Channels;

/// <summary>A gap to be encoded ahead of need: tracks of one kind and channel that all miss a range of GOPs.</summary>
/// <param name="Media">The channel's media.</param>
/// <param name="Tracks">The tracks.</param>
/// <param name="FirstGop">Where the gap begins.</param>
/// <param name="EndGop">The GOP before which it ends.</param>
internal sealed record FillTask(ChannelMedia Media, IReadOnlyList<RenditionTrack> Tracks, int FirstGop, int EndGop);
