using System.Buffers;

namespace KnSock.Media.Mp4;

/// <summary>A sample as it lies in the reader's input.</summary>
/// <param name="Dts">Decoding time in units of the track's timescale.</param>
/// <param name="Pts">Presentation time in units of the track's timescale.</param>
/// <param name="Duration">Duration in units of the track's timescale.</param>
/// <param name="IsKeyframe">Whether it is a sync sample.</param>
/// <param name="Payload">Its bytes; a slice of the reader's input, valid until that is released.</param>
/// <param name="Track">The place of its track in <see cref="Fmp4Reader.Tracks"/>.</param>
public readonly record struct Fmp4Sample(long Dts, long Pts, uint Duration, bool IsKeyframe, ReadOnlySequence<byte> Payload, int Track);
