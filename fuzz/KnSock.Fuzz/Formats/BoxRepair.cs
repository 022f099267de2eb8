using System.Buffers.Binary;
using System.Text;

namespace KnSock.Fuzz.Formats;

/// <summary>Makes the sizes of boxes fit again after bytes were put in or taken out (ISO 14496-12, 4.2).</summary>
internal static class BoxRepair
{
    private static readonly string[] Containers = ["moov", "trak", "mdia", "minf", "stbl", "mvex", "moof", "traf", "dinf"];
    private static readonly string[] Known = [.. Containers, "ftyp", "mdat", "free", "mvhd", "tkhd", "mdhd", "hdlr", "stsd", "avc1", "avcC", "mp4a", "esds", "trex", "mfhd", "tfhd", "tfdt", "trun", "styp", "stts", "stsc", "stsz", "stco", "vmhd", "smhd", "dref"];

    /// <summary>Words that name boxes.</summary>
    public static IReadOnlyList<byte[]> Names { get; } = [.. Known.Select(Encoding.ASCII.GetBytes)];

    /// <summary>Gives each box that can be told by its name the size up to the next of its level.</summary>
    public static byte[] Of(byte[] input, Random random)
    {
        var bytes = (byte[])input.Clone();
        // Where the boxes are, by their names, and how deep each lies is not known any more; what begins the next box of the same name's level ends it.
        var places = Enumerable.Range(0, Math.Max(0, bytes.Length - 7)).Where(i => Known.Contains(NameAt(bytes, i), StringComparer.Ordinal)).ToList();
        for (var i = places.Count - 1; i >= 0; i--)
        {
            if (random.Next(10) > 0)
            {
                var end = EndOf(bytes, places, i);
                BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(places[i]), (uint)(end - places[i]));
            }
        }

        return bytes;
    }

    private static int EndOf(byte[] bytes, List<int> places, int index)
    {
        var level = LevelOf(NameAt(bytes, places[index]));
        for (var next = index + 1; next < places.Count; next++)
        {
            if (LevelOf(NameAt(bytes, places[next])) <= level)
            {
                return places[next];
            }
        }

        return bytes.Length;
    }

    private static int LevelOf(string name) => name switch
    {
        "ftyp" or "moov" or "moof" or "mdat" or "free" or "styp" => 0,
        "mvhd" or "trak" or "mvex" or "mfhd" or "traf" => 1,
        "tkhd" or "mdia" or "trex" or "tfhd" or "tfdt" or "trun" => 2,
        "mdhd" or "hdlr" or "minf" => 3,
        "vmhd" or "smhd" or "dinf" or "stbl" => 4,
        "stsd" or "stts" or "stsc" or "stsz" or "stco" or "dref" => 5,
        "avc1" or "mp4a" => 6,
        _ => 7,
    };

    private static string NameAt(byte[] bytes, int box) => Encoding.ASCII.GetString(bytes, box + 4, 4);
}
