using System.Security.Cryptography;

namespace KnSock.Fuzz.Engine;

/// <summary>Inputs in files: those that once showed a fault, and those that a run wants to begin with.</summary>
internal static class Inputs
{
    /// <summary>All inputs of a target in a folder of targets, in the order of their names.</summary>
    public static IEnumerable<byte[]> Of(string? folder, FuzzTarget target)
    {
        var place = folder is null ? "" : Path.Combine(folder, target.Name);
        return Directory.Exists(place) ? Directory.GetFiles(place, "*.bin").Order(StringComparer.Ordinal).Select(File.ReadAllBytes) : [];
    }

    /// <summary>Adds inputs to a folder of targets.</summary>
    public static void Add(string folder, FuzzTarget target, IEnumerable<byte[]> inputs)
    {
        var place = Directory.CreateDirectory(Path.Combine(folder, target.Name)).FullName;
        foreach (var input in inputs)
        {
            File.WriteAllBytes(Path.Combine(place, Convert.ToHexStringLower(SHA256.HashData(input))[..16] + ".bin"), input);
        }
    }
}
