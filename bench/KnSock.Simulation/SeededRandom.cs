using System.Text;

namespace KnSock.Simulation;

/// <summary>Numbers that look random and are the same for the same seed, on every machine and with every version (SplitMix64).</summary>
internal sealed class SeededRandom(ulong seed)
{
    private ulong _state = seed;

    /// <summary>For one thing among many by the name of <paramref name="name"/>.</summary>
    public static SeededRandom For(string name, int seed)
    {
        // FNV-1a
        var hash = 14695981039346656037UL;
        foreach (var b in Encoding.UTF8.GetBytes(name))
        {
            hash = (hash ^ b) * 1099511628211UL;
        }

        return new SeededRandom(hash + (ulong)seed);
    }

    /// <summary>From zero to below one.</summary>
    public double NextDouble()
    {
        _state += 0x9E3779B97F4A7C15UL;
        var z = _state;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBUL;
        return ((z ^ (z >> 31)) >> 11) * (1.0 / (1UL << 53));
    }
}
