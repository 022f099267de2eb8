using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using KnSock.Media;
using KnSock.Protocol;

namespace KnSock.Server.Store;

/// <summary>The file of one GOP: a header, then the configuration frame and the units' frames as they go over the wire, rendition 0.</summary>
/// <remarks>
/// <code>
///  0        4         8             24    28          32           36       68          72
///  +--------+---------+-------------+-----+-----------+------------+--------+-----------+------
///  | "KNGP" | version | renditionId | GOP | unitCount | bodyLength | SHA-256| headerCrc | body
///  +--------+---------+-------------+-----+-----------+------------+--------+-----------+------
/// </code>
/// Numbers are big-endian. The SHA-256 is that of bytes 0 to 36 and the body, so a file says of itself which GOP of which rendition it is, and
/// a copy under another's name is refused. Nothing is allocated before the header holds and its length is that of the file.
/// </remarks>
internal static class GopFile
{
    public const int HeaderSize = 72;

    /// <summary>Largest file, bytes; over a minute at 8 Mbit/s.</summary>
    public const int MaxSize = 64 * 1024 * 1024;

    private const uint Magic = 0x4B4E4750;
    private const int HashAt = 36;
    private const int CrcAt = HashAt + SHA256.HashSizeInBytes;

    /// <summary>What a file's header says.</summary>
    internal readonly record struct Header(int Gop, int UnitCount, int BodyLength);

    /// <summary>The file of a GOP.</summary>
    /// <exception cref="ArgumentException">The GOP would not come back as it is.</exception>
    /// <exception cref="ProtocolException">Likewise: the configuration or a unit does not fit into a frame.</exception>
    public static byte[] Compose(ReadOnlySpan<byte> renditionId, int gop, StoredGop media)
    {
        List<byte[]> frames = [FrameWriter.Configuration(media.Configuration, rendition: 0)];
        _ = ConfigurationPayload.Read(frames[0].AsSpan(FrameHeader.Size));
        foreach (var unit in media.Units)
        {
            if (unit.Kind != KindOf(media.Configuration) || unit.Duration < TimeSpan.Zero || unit.Duration.TotalMicroseconds > uint.MaxValue
                || !ProtocolLimits.IsPlausible(unit.Pts) || !ProtocolLimits.IsPlausible(unit.Dts))
            {
                throw new ArgumentException($"unit {unit.Sequence} is of another track, or its times are out of range", nameof(media));
            }

            frames.Add(FrameWriter.AccessUnit(unit, rendition: 0));
        }

        var length = frames.Sum(f => (long)f.Length);
        if (HeaderSize + length > MaxSize)
        {
            throw new ArgumentException($"{length} bytes are more than a GOP may have", nameof(media));
        }

        var file = new byte[HeaderSize + length];
        var at = HeaderSize;
        foreach (var frame in frames)
        {
            frame.CopyTo(file, at);
            at += frame.Length;
        }

        WriteHeader(file, renditionId, new Header(gop, media.Units.Count, (int)length));
        return file;
    }

    /// <summary>Reads a header. False where it is none, is damaged, is that of another GOP, or does not fit the file's length.</summary>
    public static bool TryReadHeader(ReadOnlySpan<byte> source, ReadOnlySpan<byte> renditionId, int gop, long fileLength, out Header header, [NotNullWhen(false)] out string? why)
    {
        header = default;
        why = source.Length < HeaderSize ? "it is shorter than a header"
            : BinaryPrimitives.ReadUInt32BigEndian(source) != Magic ? "it is no GOP"
            : BinaryPrimitives.ReadUInt32BigEndian(source[CrcAt..]) != FrameHeader.Checksum(source[..CrcAt]) ? "its header is damaged"
            : BinaryPrimitives.ReadInt32BigEndian(source[4..]) != StoreLayout.FormatVersion ? "it is of another version"
            : !source[8..(8 + HexId.Bytes)].SequenceEqual(renditionId) ? "it belongs to another rendition"
            : BinaryPrimitives.ReadInt32BigEndian(source[24..]) != gop ? "it is another GOP"
            : null;
        if (why is not null)
        {
            return false;
        }

        header = new Header(gop, BinaryPrimitives.ReadInt32BigEndian(source[28..]), BinaryPrimitives.ReadInt32BigEndian(source[32..]));
        why = header.UnitCount < 0 || header.BodyLength < 0 || header.BodyLength > MaxSize - HeaderSize ? "a number in its header is out of range"
            : HeaderSize + (long)header.BodyLength != fileLength ? "its length is wrong"
            : null;
        return why is null;
    }

    /// <summary>Reads the body behind a header that holds.</summary>
    /// <param name="headerBytes">The header's bytes.</param>
    /// <param name="header">What they say.</param>
    /// <param name="body">The body; the units' payloads are slices of it.</param>
    /// <param name="media">The GOP, if true.</param>
    /// <param name="why">Why not, if false.</param>
    public static bool TryReadBody(
        ReadOnlySpan<byte> headerBytes, Header header, ReadOnlyMemory<byte> body, [NotNullWhen(true)] out StoredGop? media, [NotNullWhen(false)] out string? why)
    {
        media = null;
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        Hash(headerBytes, body.Span, hash);
        if (body.Length != header.BodyLength || !hash.SequenceEqual(headerBytes[HashAt..CrcAt]))
        {
            why = "its content is damaged";
            return false;
        }

        media = ReadFrames(header, body);
        why = media is null ? "its content is not a GOP" : null;
        return media is not null;
    }

    private static StoredGop? ReadFrames(Header header, ReadOnlyMemory<byte> body)
    {
        if (!TryReadFrame(ref body, FrameKind.Configuration, out _, out var setup) || ReadConfiguration(setup) is not { } configuration)
        {
            return null;
        }

        // A unit has a header at least, so the count is held against what is there before it is believed.
        if (header.UnitCount > body.Length / FrameHeader.Size)
        {
            return null;
        }

        var units = new List<AccessUnit>(header.UnitCount);
        while (units.Count < header.UnitCount && TryReadFrame(ref body, FrameKind.AccessUnit, out var frame, out var payload))
        {
            units.Add(new AccessUnit
            {
                Kind = KindOf(configuration),
                Sequence = frame.Sequence,
                Pts = frame.Pts,
                Dts = frame.Dts,
                Duration = TimeSpan.FromTicks(frame.DurationMicroseconds * TimeSpan.TicksPerMicrosecond),
                IsKeyframe = frame.Flags.HasFlag(FrameFlags.Keyframe),
                Payload = payload,
            });
        }

        return units.Count == header.UnitCount && body.IsEmpty ? new StoredGop(configuration, units) : null;
    }

    private static bool TryReadFrame(ref ReadOnlyMemory<byte> body, FrameKind kind, out FrameHeader header, out ReadOnlyMemory<byte> payload)
    {
        payload = default;
        if (!FrameHeader.TryRead(body.Span, out header)
            || header.Kind != kind
            || header.Rendition != 0
            || (header.Flags & ~(kind == FrameKind.AccessUnit ? FrameFlags.Keyframe | FrameFlags.Audio : FrameFlags.Audio)) != FrameFlags.None
            || header.Length > body.Length - FrameHeader.Size)
        {
            return false;
        }

        payload = body.Slice(FrameHeader.Size, header.Length);
        body = body[(FrameHeader.Size + header.Length)..];
        return FrameHeader.Checksum(payload.Span) == header.PayloadChecksum;
    }

    private static DecoderConfiguration? ReadConfiguration(ReadOnlyMemory<byte> payload)
    {
        try
        {
            return ConfigurationPayload.Read(payload.Span);
        }
        catch (ProtocolException)
        {
            return null;
        }
    }

    private static void WriteHeader(byte[] file, ReadOnlySpan<byte> renditionId, Header header)
    {
        var bytes = file.AsSpan(0, HeaderSize);
        BinaryPrimitives.WriteUInt32BigEndian(bytes, Magic);
        BinaryPrimitives.WriteInt32BigEndian(bytes[4..], StoreLayout.FormatVersion);
        renditionId[..HexId.Bytes].CopyTo(bytes[8..]);
        BinaryPrimitives.WriteInt32BigEndian(bytes[24..], header.Gop);
        BinaryPrimitives.WriteInt32BigEndian(bytes[28..], header.UnitCount);
        BinaryPrimitives.WriteInt32BigEndian(bytes[32..], header.BodyLength);
        Hash(bytes, file.AsSpan(HeaderSize), bytes[HashAt..CrcAt]);
        BinaryPrimitives.WriteUInt32BigEndian(bytes[CrcAt..], FrameHeader.Checksum(bytes[..CrcAt]));
    }

    private static void Hash(ReadOnlySpan<byte> header, ReadOnlySpan<byte> body, Span<byte> destination)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(header[..HashAt]);
        hash.AppendData(body);
        hash.GetHashAndReset(destination);
    }

    private static TrackKind KindOf(DecoderConfiguration configuration) => configuration is VideoConfiguration ? TrackKind.Video : TrackKind.Audio;
}
