using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace KnSock.Fuzz.Engine;

/// <summary>Keeps one input for each fault, as short as it could be made, in a file named after it, with what happened beside it.</summary>
/// <param name="target">The target.</param>
/// <param name="folder">Where to. Null: nowhere.</param>
internal sealed partial class Findings(FuzzTarget target, string? folder)
{
    private const int MostAttempts = 3000;

    private readonly HashSet<string> _known = new(StringComparer.Ordinal);

    /// <summary>The faults, a line each.</summary>
    public List<string> Faults { get; } = [];

    /// <summary>Takes in a fault, unless it is one that is known.</summary>
    public void Add(byte[] input, Exception fault)
    {
        var signature = SignatureOf(fault);
        if (!_known.Add(signature))
        {
            return;
        }

        var shortest = Shorten(input, signature);
        var name = Convert.ToHexStringLower(SHA256.HashData(shortest))[..16];
        Faults.Add($"{target.Name}/{name}: {fault.GetType().Name}: {fault.Message}");
        if (folder is not null)
        {
            var place = Path.Combine(folder, target.Name);
            Directory.CreateDirectory(place);
            File.WriteAllBytes(Path.Combine(place, name + ".bin"), shortest);
            File.WriteAllText(Path.Combine(place, name + ".txt"), fault.ToString());
        }
    }

    /// <summary>What tells a fault from others: its kind and where it happened.</summary>
    private static string SignatureOf(Exception fault)
    {
        var places = (fault.StackTrace ?? "").Split('\n').Where(l => l.Contains("KnSock", StringComparison.Ordinal)).Take(3).Select(l => Line().Replace(l, ""));
        return new StringBuilder(fault.GetType().Name).Append(fault is FuzzException ? fault.Message : "").AppendJoin('|', places).ToString();
    }

    /// <summary>Takes pieces out of an input as long as the same fault stays.</summary>
    private byte[] Shorten(byte[] input, string signature)
    {
        var attempts = 0;
        for (var piece = Math.Max(1, input.Length / 2); piece > 0; piece /= 2)
        {
            for (var at = 0; at + piece <= input.Length && attempts < MostAttempts; attempts++)
            {
                byte[] shorter = [.. input[..at], .. input[(at + piece)..]];
                if (new Execution(target).Run(shorter, new Random(0)) is { } fault && SignatureOf(fault) == signature)
                {
                    input = shorter;
                }
                else
                {
                    at += piece;
                }
            }
        }

        return input;
    }

    [GeneratedRegex(@" in .*$", RegexOptions.NonBacktracking)]
    private static partial Regex Line();
}
