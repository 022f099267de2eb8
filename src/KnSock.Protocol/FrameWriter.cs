using KnSock.Media;

namespace KnSock.Protocol;

/// <summary>Puts headers in front of payloads.</summary>
public static class FrameWriter
{
    /// <summary>The frame of an access unit, the same bytes for all viewers of the rendition.</summary>
    /// <exception cref="ProtocolException">The payload is over <see cref="ProtocolLimits.MaxPayload"/>.</exception>
    public static byte[] AccessUnit(AccessUnit unit, int rendition)
    {
        ThrowIfTooLong(unit.Payload.Length);
        var frame = new byte[FrameHeader.Size + unit.Payload.Length];
        AccessUnit(frame, unit, rendition);
        return frame;
    }

    /// <summary>Writes the frame of an access unit.</summary>
    /// <param name="destination">Room for the header and the payload.</param>
    /// <param name="unit">The unit.</param>
    /// <param name="rendition">Index of its rendition in the channel's ladder.</param>
    /// <returns>Bytes written.</returns>
    /// <exception cref="ProtocolException">The payload is over <see cref="ProtocolLimits.MaxPayload"/>.</exception>
    public static int AccessUnit(Span<byte> destination, AccessUnit unit, int rendition) => Compose(
        destination,
        new FrameHeader
        {
            Kind = FrameKind.AccessUnit,
            Flags = (unit.IsKeyframe ? FrameFlags.Keyframe : FrameFlags.None) | FlagsOf(unit.Kind),
            Rendition = (byte)rendition,
            Sequence = unit.Sequence,
            Pts = unit.Pts,
            Dts = unit.Dts,
            DurationMicroseconds = (uint)(unit.Duration.Ticks / TimeSpan.TicksPerMicrosecond),
            Length = unit.Payload.Length,
            PayloadChecksum = FrameHeader.Checksum(unit.Payload.Span),
        },
        unit.Payload.Span);

    /// <summary>The frame of a decoder configuration (see <see cref="ConfigurationPayload"/>).</summary>
    public static byte[] Configuration(DecoderConfiguration configuration, int rendition)
    {
        var payload = ConfigurationPayload.Write(configuration);
        var frame = new byte[FrameHeader.Size + payload.Length];
        Compose(
            frame,
            new FrameHeader
            {
                Kind = FrameKind.Configuration,
                Flags = FlagsOf(configuration is AudioConfiguration ? TrackKind.Audio : TrackKind.Video),
                Rendition = (byte)rendition,
                Length = payload.Length,
                PayloadChecksum = FrameHeader.Checksum(payload),
            },
            payload);
        return frame;
    }

    /// <summary>The frame of a control message, as it stands in the stream of a WebSocket.</summary>
    /// <param name="json">The message, without the end of its line.</param>
    public static byte[] Message(ReadOnlySpan<byte> json)
    {
        var frame = new byte[FrameHeader.Size + json.Length];
        Compose(frame, new FrameHeader { Kind = FrameKind.Message, Length = json.Length, PayloadChecksum = FrameHeader.Checksum(json) }, json);
        return frame;
    }

    /// <summary>Size of the frame of a mark in bytes.</summary>
    public const int MarkSize = FrameHeader.Size + Protocol.Mark.Size;

    /// <summary>Writes the frame of a mark.</summary>
    /// <param name="destination">At least <see cref="MarkSize"/> bytes.</param>
    /// <param name="mark">What it says.</param>
    /// <param name="track">Picture or sound; it holds for the frames of that track.</param>
    /// <param name="rendition">The rendition of the frames that follow.</param>
    /// <param name="sequence">The number of marks of the track before it on this connection.</param>
    /// <param name="discontinuity">Whether the frames that follow do not continue those before.</param>
    public static void Mark(Span<byte> destination, Mark mark, TrackKind track, int rendition, uint sequence, bool discontinuity)
    {
        var payload = destination.Slice(FrameHeader.Size, Protocol.Mark.Size);
        mark.Write(payload);
        new FrameHeader
        {
            Kind = FrameKind.Mark,
            Flags = (discontinuity ? FrameFlags.Discontinuity : FrameFlags.None) | FlagsOf(track),
            Rendition = (byte)rendition,
            Sequence = sequence,
            Length = Protocol.Mark.Size,
            PayloadChecksum = FrameHeader.Checksum(payload),
        }.Write(destination);
    }

    private static FrameFlags FlagsOf(TrackKind track) => track == TrackKind.Audio ? FrameFlags.Audio : FrameFlags.None;

    private static int Compose(Span<byte> destination, FrameHeader header, ReadOnlySpan<byte> payload)
    {
        ThrowIfTooLong(payload.Length);
        header.Write(destination);
        payload.CopyTo(destination[FrameHeader.Size..]);
        return FrameHeader.Size + payload.Length;
    }

    private static void ThrowIfTooLong(int payload)
    {
        if (payload > ProtocolLimits.MaxPayload)
        {
            throw new ProtocolException(ProtocolErrorCode.TooLong, $"a payload of {payload} bytes is over the limit of {ProtocolLimits.MaxPayload}");
        }
    }
}
