using System.Buffers;

namespace KnSock.Testing;

/// <summary>Sequences of several pieces, as a pipe gives them.</summary>
public static class Segments
{
    public static ReadOnlySequence<byte> Join(IReadOnlyList<ReadOnlyMemory<byte>> pieces)
    {
        if (pieces.Count == 0)
        {
            return default;
        }

        var first = new Segment(pieces[0], runningIndex: 0);
        var last = first;
        foreach (var piece in pieces.Skip(1))
        {
            last = last.Append(piece);
        }

        return new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length);
    }

    public static IReadOnlyList<ReadOnlyMemory<byte>> Split(in ReadOnlySequence<byte> sequence)
    {
        var pieces = new List<ReadOnlyMemory<byte>>();
        foreach (var piece in sequence)
        {
            pieces.Add(piece);
        }

        return pieces;
    }

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public Segment(ReadOnlyMemory<byte> memory, long runningIndex)
        {
            Memory = memory;
            RunningIndex = runningIndex;
        }

        public Segment Append(ReadOnlyMemory<byte> memory)
        {
            var next = new Segment(memory, RunningIndex + Memory.Length);
            Next = next;
            return next;
        }
    }
}
