using System.Buffers;
using KnSock.Testing;

namespace KnSock.Fuzz.Formats;

/// <summary>Hands pieces to a decoder of a stream, as a pipe does.</summary>
internal static class Feeding
{
    /// <summary>Takes what it can from the start of a buffer. False if more bytes are needed.</summary>
    public delegate bool Step(ref ReadOnlySequence<byte> buffer);

    /// <summary>Feeds all pieces.</summary>
    /// <returns>What was left over.</returns>
    public static ReadOnlySequence<byte> All(IReadOnlyList<ReadOnlyMemory<byte>> pieces, Step step)
    {
        var left = ReadOnlySequence<byte>.Empty;
        foreach (var piece in pieces)
        {
            left = left.IsEmpty ? new ReadOnlySequence<byte>(piece) : Segments.Join([.. Segments.Split(left), piece]);
            while (step(ref left))
            {
                // What it does with it is its own affair.
            }
        }

        return left;
    }

    /// <summary>All pieces in one.</summary>
    public static byte[] Whole(IReadOnlyList<ReadOnlyMemory<byte>> pieces) => pieces is [var only] ? only.ToArray() : [.. pieces.SelectMany(p => p.ToArray())];
}
