using System.Buffers;

namespace KnSock.Protocol;

/// <summary>Looks for the bytes with which frames begin.</summary>
internal static class MagicSearch
{
    /// <summary>Finds the first magic.</summary>
    /// <param name="buffer">Received bytes.</param>
    /// <param name="magic">The magic.</param>
    /// <param name="before">Bytes before it; if there is none, before the last bytes that may yet become one.</param>
    /// <returns>Whether there is one.</returns>
    public static bool TryFind(in ReadOnlySequence<byte> buffer, ReadOnlySpan<byte> magic, out long before)
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
