namespace KnSock.Simulation.Links;

/// <summary>What goes over a link: a transmission of a segment, or a message of the control connection.</summary>
/// <param name="Flow">Whose it is.</param>
/// <param name="Segment">The segment. Null: it is a message.</param>
/// <param name="Message">The message.</param>
/// <param name="Length">Bytes on the wire, headers included.</param>
/// <param name="Transmission">The segment's transmission.</param>
/// <param name="SentAt">When it was sent.</param>
internal readonly record struct Packet(int Flow, Segment? Segment, ReadOnlyMemory<byte> Message, int Length, long Transmission, TimeSpan SentAt);
