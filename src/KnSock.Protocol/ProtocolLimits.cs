using KnSock.Media;

namespace KnSock.Protocol;

/// <summary>The protocol's version and its limits. Every length is held against its limit before anything is allocated for it.</summary>
public static class ProtocolLimits
{
    /// <summary>The version spoken by this implementation.</summary>
    public const byte Version = 1;

    /// <summary>Longest payload of a frame, bytes.</summary>
    public const int MaxPayload = 8 * 1024 * 1024;

    /// <summary>Most bytes of payloads with a wrong checksum behind headers with a right one, without a whole frame between them.</summary>
    public const long MaxRefusedPayload = 8L * MaxPayload;

    /// <summary>Longest line from a client, bytes without the newline.</summary>
    public const int MaxClientLine = 4 * 1024;

    /// <summary>A line of at least this many bytes, with its end, is heard at once; a server that is in no hurry may wait for as many before it looks.</summary>
    public const int HeardAtOnce = 3072;

    /// <summary>Longest line from a server (a large catalog), bytes without the newline.</summary>
    public const int MaxServerLine = 1024 * 1024;

    /// <summary>Times beyond this (over 2,000 years) are refused, so that sums of them cannot overflow.</summary>
    public static bool IsPlausible(Timestamp time) => time.Microseconds is > -(1L << 56) and < 1L << 56;
}
