using System.Buffers;
using KnSock.Fuzz.Engine;
using KnSock.Fuzz.Formats;
using KnSock.Protocol;

namespace KnSock.Fuzz.Targets;

/// <summary>The stream of frames, with the marks and configurations in it.</summary>
internal sealed class FramesTarget : FuzzTarget
{
    public override string Name => "frames";

    public override bool IsStream => true;

    public override IReadOnlyList<byte[]> Words { get; } = ["KNSK"u8.ToArray(), "KNSK\u0001\u0003"u8.ToArray(), .. Vectors.Hex("frames", "headers", "refusedHeaders")];

    public override IEnumerable<byte[]> Seeds() => [.. Vectors.Hex("streams", "streams"), .. Vectors.Hex("frames", "frames", "headers", "refusedHeaders")];

    public override byte[] Repair(byte[] input, Random random) => FrameRepair.Of(input, random);

    // Payloads of marks and configurations are copied; nothing else is.
    public override long AllocationLimit(int length) => 2048 + (8L * length);

    public override bool IsExpected(Exception exception) => exception is ProtocolException;

    public override void Decode(IReadOnlyList<ReadOnlyMemory<byte>> pieces, Digest result)
    {
        var reader = new FrameReader();
        var (consumed, total) = (0L, pieces.Sum(p => (long)p.Length));
        var left = Feeding.All(pieces, (ref ReadOnlySequence<byte> buffer) =>
        {
            if (!reader.TryRead(ref buffer, out var frame))
            {
                return false;
            }

            FuzzException.Unless(frame.Payload.Length == frame.Header.Length && FrameHeader.Checksum(frame.Payload) == frame.Header.PayloadChecksum, "a frame came out whose checksum does not hold");
            consumed += FrameHeader.Size + frame.Header.Length;
            Add(result, frame);
            return true;
        });
        FuzzException.Unless(consumed + reader.SkippedBytes + left.Length == total, "bytes are neither in a frame nor passed over nor left");
        FuzzException.Unless(left.Length < FrameHeader.Size + ProtocolLimits.MaxPayload, "more is held than a frame can have");
        result.Add(reader.SkippedBytes);
        result.Add(reader.Resynchronisations);
    }

    private static void Add(Digest result, Frame frame)
    {
        var header = frame.Header;
        result.Add(((long)header.Kind << 24) | ((long)header.Flags << 16) | header.Rendition);
        result.Add(header.Sequence);
        result.Add(header.Pts.Microseconds ^ header.Dts.Microseconds ^ header.DurationMicroseconds);
        var payload = frame.Payload.ToArray();
        result.Add(payload);
        try
        {
            AddContent(result, header.Kind, payload);
        }
        catch (ProtocolException e)
        {
            result.Add((long)e.Code);
        }
    }

    private static void AddContent(Digest result, FrameKind kind, byte[] payload)
    {
        if (kind == FrameKind.Mark)
        {
            var mark = Mark.Read(payload);
            FuzzException.Unless(ProtocolLimits.IsPlausible(mark.TurnStart) && ProtocolLimits.IsPlausible(mark.LiveEdge) && ProtocolLimits.IsPlausible(mark.SendTime), "a mark has an absurd time");
            var again = new byte[Mark.Size];
            mark.Write(again);
            FuzzException.Unless(Mark.Read(again) == mark, "a mark that is written again is another");
        }
        else if (kind == FrameKind.Configuration)
        {
            var configuration = ConfigurationPayload.Read(payload);
            result.Add(configuration.Codec);
            FuzzException.Unless(ConfigurationPayload.Read(ConfigurationPayload.Write(configuration)).Codec == configuration.Codec, "a configuration that is written again is another");
        }
    }
}
