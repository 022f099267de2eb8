namespace KnSock.Media.Mp4;

/// <summary>What holds for samples that say nothing of their own (<c>trex</c>, <c>tfhd</c>; ISO 14496-12, 8.8.3 and 8.8.7).</summary>
internal readonly record struct SampleDefaults(uint Duration, uint Size, uint Flags);
