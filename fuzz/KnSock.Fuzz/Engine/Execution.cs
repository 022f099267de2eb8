namespace KnSock.Fuzz.Engine;

/// <summary>Runs a target on one input and holds it against what must hold of every decoder.</summary>
internal sealed class Execution(FuzzTarget target)
{
    private const int MostPieces = 12;
    private const int BytewiseUpTo = 300;

    /// <summary>How the last input was refused; empty: it was not. Says what of the decoder it reached.</summary>
    public string Refusal { get; private set; } = "";

    /// <summary>How many decodings were done.</summary>
    public long Count { get; private set; }

    /// <summary>Decodes an input whole, and in pieces where it is a stream.</summary>
    /// <returns>What is wrong. Null: nothing.</returns>
    public Exception? Run(byte[] input, Random random)
    {
        try
        {
            var whole = Measured(input);
            if (target.IsStream)
            {
                var pieces = Split(input, random);
                FuzzException.Unless(Decode(pieces).Value == whole.Value, "in pieces the same bytes give something else");
            }

            return null;
        }
        catch (Exception e)
        {
            return e;
        }
    }

    private Digest Measured(byte[] input)
    {
        ReadOnlyMemory<byte>[] whole = [input];
        var limit = target.AllocationLimit(input.Length);
        var result = new Digest();
        // What is made once, when code runs for the first time, is of no account.
        for (var attempt = 0; attempt < 3; attempt++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            result = Decode(whole);
            if (GC.GetAllocatedBytesForCurrentThread() - before <= limit)
            {
                return result;
            }
        }

        throw new FuzzException("more is allocated than the input accounts for");
    }

    private Digest Decode(IReadOnlyList<ReadOnlyMemory<byte>> pieces)
    {
        Count++;
        var result = new Digest();
        try
        {
            Refusal = "";
            target.Decode(pieces, result);
        }
        catch (Exception e) when (target.IsExpected(e))
        {
            Refusal = e.Message;
            result.Add(e.GetType().Name);
        }

        return result;
    }

    /// <summary>Cuts an input, byte by byte or at random places; pieces may be empty.</summary>
    private static ReadOnlyMemory<byte>[] Split(byte[] input, Random random)
    {
        if (input.Length <= BytewiseUpTo && random.Next(4) == 0)
        {
            return [.. Enumerable.Range(0, input.Length).Select(i => (ReadOnlyMemory<byte>)input.AsMemory(i, 1))];
        }

        int[] cuts = [0, .. Enumerable.Range(0, random.Next(1, MostPieces)).Select(_ => random.Next(input.Length + 1)).Order(), input.Length];
        return [.. cuts.Zip(cuts.Skip(1), (from, to) => (ReadOnlyMemory<byte>)input.AsMemory(from, to - from))];
    }
}
