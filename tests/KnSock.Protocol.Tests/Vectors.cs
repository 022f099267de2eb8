using System.Text.Json.Nodes;

namespace KnSock.Protocol.Tests;

/// <summary>The golden vectors in tests/vectors, which every implementation of the protocol is tested with.</summary>
internal static class Vectors
{
    public static JsonObject Frames { get; } = Load("frames.json");

    public static JsonObject Streams { get; } = Load("streams.json");

    public static JsonObject Messages { get; } = Load("messages.json");

    /// <summary>The wire of kn-sock itself.</summary>
    public static JsonObject Legacy { get; } = Load("legacy.json");

    public static IEnumerable<JsonObject> List(this JsonObject file, string name) => file[name]!.AsArray().Select(node => node!.AsObject());

    public static TheoryData<string> Names(this JsonObject file, params string[] lists)
    {
        var names = lists.SelectMany(list => file.List(list)).Select(v => v.Text("name")).ToList();
        Assert.Equal(names.Count, names.Distinct(StringComparer.Ordinal).Count());
        return [.. names];
    }

    public static JsonObject Named(this JsonObject file, string list, string name) => file.List(list).Single(v => v.Text("name") == name);

    public static string Text(this JsonObject vector, string property) => (string)vector[property]!;

    public static byte[] Hex(this JsonObject vector, string property = "hex") => Convert.FromHexString(vector.Text(property));

    public static long Time(this JsonObject vector, string property) => long.Parse(vector.Text(property));

    private static JsonObject Load(string name) =>
        JsonNode.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "vectors", name)))!.AsObject();
}
