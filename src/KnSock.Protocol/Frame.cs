using System.Buffers;

namespace KnSock.Protocol;

/// <summary>A verified frame as it lies in the receive buffer.</summary>
/// <param name="Header">Its header.</param>
/// <param name="Payload">Its payload; a slice of the reader's input, valid until that is released.</param>
public readonly record struct Frame(FrameHeader Header, ReadOnlySequence<byte> Payload);
