using System.Buffers.Binary;
using KnSock.Media;

namespace KnSock.Protocol;

/// <summary>
/// What differs per viewer, sent before the frames it holds for: which selection they answer, where the loop lies on the viewer's
/// timeline, when they were sent, and where the broadcast is.
/// </summary>
/// <remarks>
/// <code>
///  0           4         8                16          24          32
///  +-----------+---------+----------------+-----------+-----------+
///  | selection | 0       | turnStart      | sendTime  | liveEdge  |
///  +-----------+---------+----------------+-----------+-----------+
/// </code>
/// A frame's position on the viewer's timeline is <see cref="TurnStart"/> plus its PTS.
/// </remarks>
public readonly record struct Mark
{
    /// <summary>Size of the payload in bytes.</summary>
    public const int Size = 32;

    /// <summary>Number of the client's select message that the frames answer; frames of an older one are to be dropped.</summary>
    public required uint Selection { get; init; }

    /// <summary>Where the present turn of the loop begins on the viewer's timeline.</summary>
    public required Timestamp TurnStart { get; init; }

    /// <summary>The server's clock when the mark was handed to the socket, microseconds since an arbitrary zero.</summary>
    public required Timestamp SendTime { get; init; }

    /// <summary>Position on the viewer's timeline that the broadcast had at <see cref="SendTime"/>.</summary>
    public required Timestamp LiveEdge { get; init; }

    /// <summary>Writes the payload.</summary>
    /// <param name="destination">At least <see cref="Size"/> bytes.</param>
    public void Write(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt32BigEndian(destination, Selection);
        BinaryPrimitives.WriteUInt32BigEndian(destination[4..], 0);
        BinaryPrimitives.WriteInt64BigEndian(destination[8..], TurnStart.Microseconds);
        BinaryPrimitives.WriteInt64BigEndian(destination[16..], SendTime.Microseconds);
        BinaryPrimitives.WriteInt64BigEndian(destination[24..], LiveEdge.Microseconds);
    }

    /// <summary>Reads the payload of a mark. Bytes beyond <see cref="Size"/> are left for later versions.</summary>
    /// <exception cref="ProtocolException">The payload is shorter than a mark, or a time in it is absurd.</exception>
    public static Mark Read(ReadOnlySpan<byte> payload)
    {
        if (payload.Length < Size)
        {
            throw new ProtocolException(ProtocolErrorCode.Malformed, $"a mark has {Size} bytes, this one {payload.Length}");
        }

        return new Mark
        {
            Selection = BinaryPrimitives.ReadUInt32BigEndian(payload),
            TurnStart = ReadTime(payload[8..]),
            SendTime = ReadTime(payload[16..]),
            LiveEdge = ReadTime(payload[24..]),
        };
    }

    private static Timestamp ReadTime(ReadOnlySpan<byte> bytes)
    {
        var time = new Timestamp(BinaryPrimitives.ReadInt64BigEndian(bytes));
        return ProtocolLimits.IsPlausible(time)
            ? time
            : throw new ProtocolException(ProtocolErrorCode.Malformed, "a mark has a time beyond all measure");
    }
}
