namespace KnSock.Media.Mp4;

/// <summary>A track of a fragmented MP4.</summary>
/// <param name="Configuration">Set-up of the decoder.</param>
/// <param name="Timescale">Units a second in which its samples' times are given.</param>
public readonly record struct Fmp4Track(DecoderConfiguration Configuration, uint Timescale);
