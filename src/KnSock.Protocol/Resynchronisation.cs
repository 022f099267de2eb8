using System.Buffers;

namespace KnSock.Protocol;

/// <summary>Passes over bytes that belong to no whole frame, and keeps account of them.</summary>
internal sealed class Resynchronisation
{
    /// <summary>Whether the reader stands in damaged bytes.</summary>
    public bool IsSearching { get; private set; }

    /// <summary>Bytes passed over so far.</summary>
    public long SkippedBytes { get; private set; }

    /// <summary>Bytes passed over since the last whole frame.</summary>
    public long SkippedInARow { get; private set; }

    /// <summary>How often damage was met.</summary>
    public long Count { get; private set; }

    /// <summary>Moves to the next magic, or to the last bytes that may yet become one.</summary>
    /// <param name="buffer">Received bytes; on return it begins there.</param>
    /// <param name="magic">The bytes with which frames begin.</param>
    /// <returns>Whether there is one.</returns>
    public bool SeekMagic(ref ReadOnlySequence<byte> buffer, ReadOnlySpan<byte> magic)
    {
        var found = TryFind(buffer, magic, out var before);
        Skip(ref buffer, before);
        return found;
    }

    /// <summary>Passes over bytes at the start of the buffer.</summary>
    public void Skip(ref ReadOnlySequence<byte> buffer, long count)
    {
        if (count == 0)
        {
            return;
        }

        if (!IsSearching)
        {
            IsSearching = true;
            Count++;
        }

        SkippedBytes += count;
        SkippedInARow += count;
        buffer = buffer.Slice(count);
    }

    /// <summary>A frame is whole.</summary>
    public void End() => (IsSearching, SkippedInARow) = (false, 0);

    private static bool TryFind(in ReadOnlySequence<byte> buffer, ReadOnlySpan<byte> magic, out long before)
    {
        var reader = new SequenceReader<byte>(buffer);
        while (reader.TryAdvanceTo(magic[0], advancePastDelimiter: false))
        {
            before = reader.Consumed;
            if (reader.IsNext(magic))
            {
                return true;
            }

            if (reader.Remaining < magic.Length && reader.IsNext(magic[..(int)reader.Remaining]))
            {
                return false;
            }

            reader.Advance(1);
        }

        before = buffer.Length;
        return false;
    }
}
