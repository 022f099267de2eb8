using System.Runtime.InteropServices;
using SharpFuzz.Common;

namespace KnSock.Fuzz.Engine;

/// <summary>Which branches the instrumented assemblies took: a byte for each pair of one branch and the next, counted up by what <see cref="Instrumentation"/> put there.</summary>
internal sealed unsafe class CoverageMap
{
    private const int Size = 1 << 16;

    private static readonly byte[] Buckets = [.. Enumerable.Range(0, 256).Select(BucketOf)];

    private readonly byte* _hits = (byte*)NativeMemory.AlignedAlloc(Size, 64);
    private readonly byte[] _seen = new byte[Size];

    /// <summary>Has the instrumented code count here. It must not run before.</summary>
    public CoverageMap()
    {
        Clear();
        Trace.SharedMem = _hits;
    }

    /// <summary>Pairs of branches that were seen so far.</summary>
    public int Seen { get; private set; }

    /// <summary>Forgets what was taken since the last time.</summary>
    public void Clear()
    {
        new Span<byte>(_hits, Size).Clear();
        Trace.PrevLocation = 0;
    }

    /// <summary>Takes in what was taken since <see cref="Clear"/>. True if any of it is new, or came much more often than before.</summary>
    public bool TakeIn()
    {
        var isNew = false;
        var words = (ulong*)_hits;
        for (var word = 0; word < Size / sizeof(ulong); word++)
        {
            if (words[word] != 0)
            {
                isNew |= TakeIn(word * sizeof(ulong));
            }
        }

        return isNew;
    }

    private bool TakeIn(int from)
    {
        var isNew = false;
        for (var i = from; i < from + sizeof(ulong); i++)
        {
            var bucket = Buckets[_hits[i]];
            if ((bucket & ~_seen[i]) != 0)
            {
                Seen += _seen[i] == 0 ? 1 : 0;
                _seen[i] |= bucket;
                isNew = true;
            }
        }

        return isNew;
    }

    private static byte BucketOf(int count) => count switch
    {
        0 => 0,
        1 => 1,
        2 => 2,
        3 => 4,
        < 8 => 8,
        < 16 => 16,
        < 32 => 32,
        < 128 => 64,
        _ => 128,
    };
}
