using System.Buffers.Binary;
using System.Text;
using KnSock.Media;

namespace KnSock.Protocol;

/// <summary>The payload of a configuration frame.</summary>
/// <remarks>
/// <code>
///  0      1             2     4     6            10          ..      ..
///  +------+-------------+-----+-----+------------+-----------+-------+
///  | kind | codecLength | a   | b   | sampleRate | codec     | setup |
///  +------+-------------+-----+-----+------------+-----------+-------+
/// </code>
/// kind 0 = video (a = width, b = height, sampleRate = 0), 1 = audio (a = channels, b = 0); codec in printable ASCII; setup takes the rest.
/// </remarks>
public static class ConfigurationPayload
{
    private const int FixedSize = 10;

    /// <summary>Longest payload that is accepted, bytes.</summary>
    public const int MaxSize = 64 * 1024;

    /// <summary>Writes a configuration.</summary>
    public static byte[] Write(DecoderConfiguration configuration)
    {
        var (kind, a, b, sampleRate) = configuration switch
        {
            VideoConfiguration video => (TrackKind.Video, video.Width, video.Height, 0),
            AudioConfiguration audio => (TrackKind.Audio, audio.Channels, 0, audio.SampleRate),
            _ => throw new ArgumentException("unknown kind of configuration", nameof(configuration)),
        };
        if (configuration.Codec.Length is 0 or > byte.MaxValue || a is < 0 or > ushort.MaxValue || b is < 0 or > ushort.MaxValue)
        {
            throw new ArgumentException("a codec or number does not fit its field", nameof(configuration));
        }

        var payload = new byte[FixedSize + configuration.Codec.Length + configuration.Setup.Length];
        payload[0] = (byte)kind;
        payload[1] = (byte)configuration.Codec.Length;
        BinaryPrimitives.WriteUInt16BigEndian(payload.AsSpan(2), (ushort)a);
        BinaryPrimitives.WriteUInt16BigEndian(payload.AsSpan(4), (ushort)b);
        BinaryPrimitives.WriteInt32BigEndian(payload.AsSpan(6), sampleRate);
        Encoding.ASCII.GetBytes(configuration.Codec, payload.AsSpan(FixedSize));
        configuration.Setup.Span.CopyTo(payload.AsSpan(FixedSize + configuration.Codec.Length));
        return payload;
    }

    /// <summary>Reads a configuration; the bytes are copied.</summary>
    /// <exception cref="ProtocolException">The payload is not a configuration, or a number in it is out of range.</exception>
    public static DecoderConfiguration Read(ReadOnlySpan<byte> payload)
    {
        if (payload.Length is < FixedSize or > MaxSize || payload[1] == 0 || payload.Length < FixedSize + payload[1])
        {
            throw Malformed("its length is wrong");
        }

        var a = BinaryPrimitives.ReadUInt16BigEndian(payload[2..]);
        var b = BinaryPrimitives.ReadUInt16BigEndian(payload[4..]);
        var sampleRate = BinaryPrimitives.ReadInt32BigEndian(payload[6..]);
        if (payload.Slice(FixedSize, payload[1]).ContainsAnyExceptInRange((byte)'!', (byte)'~'))
        {
            throw Malformed("its codec is not printable ASCII");
        }

        var codec = Encoding.ASCII.GetString(payload.Slice(FixedSize, payload[1]));
        var setup = payload[(FixedSize + payload[1])..].ToArray();
        return (TrackKind)payload[0] switch
        {
            TrackKind.Video when a > 0 && b > 0 => new VideoConfiguration { Codec = codec, Setup = setup, Width = a, Height = b },
            TrackKind.Audio when a is > 0 and <= 8 && sampleRate is >= 8_000 and <= 192_000
                => new AudioConfiguration { Codec = codec, Setup = setup, Channels = a, SampleRate = sampleRate },
            _ => throw Malformed("a number in it is out of range"),
        };
    }

    private static ProtocolException Malformed(string why) => new(ProtocolErrorCode.Malformed, $"a configuration frame is not valid: {why}");
}
