using System.Text;
using System.Text.Json.Nodes;

namespace KnSock.Fuzz.Formats;

/// <summary>The golden vectors of the protocol, as inputs to begin with.</summary>
internal static class Vectors
{
    /// <summary>The bytes of all vectors of some lists.</summary>
    public static IEnumerable<byte[]> Hex(string file, params string[] lists) => Texts(file, "hex", lists).Select(Convert.FromHexString);

    /// <summary>The lines of all vectors of some lists.</summary>
    public static IEnumerable<byte[]> Lines(params string[] lists) => Texts("messages", "line", lists).Select(Encoding.UTF8.GetBytes);

    /// <summary>A property of all vectors of some lists.</summary>
    public static IEnumerable<string> Texts(string file, string property, params string[] lists)
    {
        var vectors = Load(file);
        return lists.SelectMany(list => vectors[list]!.AsArray()).Select(v => (string?)v![property]).OfType<string>();
    }

    /// <summary>The bytes of one vector.</summary>
    public static byte[] Named(string file, string list, string name) =>
        Convert.FromHexString((string)Load(file)[list]!.AsArray().Single(v => (string)v!["name"]! == name)!["hex"]!);

    private static JsonObject Load(string file) => JsonNode.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "vectors", file + ".json")))!.AsObject();
}
