using KnSock.Fuzz.Engine;
using KnSock.Media;
using KnSock.Media.Aac;

namespace KnSock.Fuzz.Targets;

/// <summary>Set-ups of AAC.</summary>
internal sealed class AacTarget : FuzzTarget
{
    public override string Name => "aac";

    public override int LongestInput => 32;

    public override IEnumerable<byte[]> Seeds() => [[0x11, 0x90], [0x12, 0x10], [0x17, 0x80, 0xBB, 0x80, 0x10], [0xF8, 0xE6, 0x30, 0x00], [0x2B, 0x92, 0x08, 0x00]];

    public override long AllocationLimit(int length) => 4096 + (16L * length);

    public override bool IsExpected(Exception exception) => exception is MediaFormatException;

    public override void Decode(IReadOnlyList<ReadOnlyMemory<byte>> pieces, Digest result)
    {
        var audio = AudioSpecificConfig.ToAudioConfiguration(pieces[0].Span);
        FuzzException.Unless(audio is { Channels: > 0 and <= 8, SampleRate: > 0 and <= 192_000 }, "sound has an impossible form");
        result.Add(audio.Codec);
    }
}
