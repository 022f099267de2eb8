using System.Globalization;
using System.IO.Compression;
using KnSock.Media;

namespace KnSock.Simulation.Media;

/// <summary>Reads and writes <see cref="MediaSizes"/> as compressed text: a line for the whole, one for each rung and each of its GOPs, one for the sound.</summary>
/// <remarks>
/// <code>
/// knsock-media 1 30/1 30                    frames a second, pictures of a GOP
/// rung 240p 426 240 160000                  name, width, height, bit/s
/// 9012 1200+2 310-1 295-1 ...               a GOP: bytes of each picture in decoding order, and its shift where it has one
/// sound 96000 256 261 ...                   bit/s, bytes of each unit
/// </code>
/// </remarks>
internal static class MediaSizesFile
{
    private const string Magic = "knsock-media 1";
    private const string Resource = "KnSock.Simulation.Media.scenes.txt.gz";

    private static readonly Lazy<MediaSizes> Scenes = new(() => Read(typeof(MediaSizesFile).Assembly.GetManifestResourceStream(Resource)!, Resource));

    /// <summary>Eight scenes, easy and hard, that come with the project.</summary>
    public static MediaSizes Default => Scenes.Value;

    /// <summary>What is in a file.</summary>
    /// <exception cref="SimulationException">It cannot be read.</exception>
    public static MediaSizes Read(string path)
    {
        try
        {
            using var file = File.OpenRead(path);
            return Read(file, path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SimulationException($"{path}: {e.Message}", e);
        }
    }

    /// <summary>Writes a file.</summary>
    /// <exception cref="SimulationException">It cannot be written.</exception>
    public static void Write(string path, MediaSizes media)
    {
        try
        {
            using var file = File.Create(path);
            Write(file, media);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SimulationException($"{path}: {e.Message}", e);
        }
    }

    internal static void Write(Stream stream, MediaSizes media)
    {
        using var writer = new StreamWriter(new GZipStream(stream, CompressionLevel.SmallestSize, leaveOpen: true)) { NewLine = "\n" };
        writer.WriteLine($"{Magic} {media.FrameRate.Numerator}/{media.FrameRate.Denominator} {media.GopFrames}");
        foreach (var rung in media.Rungs)
        {
            writer.WriteLine($"rung {rung.Name} {rung.Width} {rung.Height} {rung.BitsPerSecond}");
            foreach (var gop in rung.Pictures.Chunk(media.GopFrames))
            {
                writer.WriteLine(string.Join(' ', gop.Select(Text)));
            }
        }

        writer.WriteLine($"sound {media.SoundBitsPerSecond} {string.Join(' ', media.Sound)}");
    }

    internal static MediaSizes Read(Stream stream, string name)
    {
        try
        {
            using var reader = new StreamReader(new GZipStream(stream, CompressionMode.Decompress));
            return Parse(reader);
        }
        catch (Exception e) when (e is FormatException or OverflowException or IndexOutOfRangeException or InvalidDataException or EndOfStreamException)
        {
            throw new SimulationException($"{name}: not the sizes of a video, or damaged ({e.Message})", e);
        }
    }

    private static MediaSizes Parse(StreamReader reader)
    {
        var head = (reader.ReadLine() ?? "").Split(' ');
        if (head.Length != 4 || $"{head[0]} {head[1]}" != Magic)
        {
            throw new FormatException($"it does not begin with '{Magic}'");
        }

        var rate = head[2].Split('/');
        var rungs = new List<(string[] Head, List<PictureSize> Pictures)>();
        while (reader.ReadLine() is { } line)
        {
            var words = line.Split(' ');
            switch (words[0])
            {
                case "rung":
                    rungs.Add((words, []));
                    break;
                case "sound" when rungs.Count > 0 && rungs.TrueForAll(r => r.Pictures.Count == rungs[0].Pictures.Count && r.Pictures.Count > 0):
                    return new MediaSizes
                    {
                        FrameRate = new FrameRate(Number(rate[0]), Number(rate[1])),
                        GopFrames = Number(head[3]),
                        Rungs = [.. rungs.Select(r => Rung(r.Head, r.Pictures))],
                        SoundBitsPerSecond = Number(words[1]),
                        Sound = [.. words.Skip(2).Select(Number)],
                    };
                case var _ when rungs.Count > 0:
                    rungs[^1].Pictures.AddRange(words.Select(Picture));
                    break;
            }
        }

        throw new FormatException("its end is missing");
    }

    private static RungSizes Rung(string[] head, List<PictureSize> pictures) => new()
    {
        Name = head[1],
        Width = Number(head[2]),
        Height = Number(head[3]),
        BitsPerSecond = Number(head[4]),
        Pictures = pictures,
    };

    private static string Text(PictureSize picture) =>
        picture.Shift == 0 ? $"{picture.Bytes}" : $"{picture.Bytes}{(picture.Shift > 0 ? "+" : "")}{picture.Shift}";

    private static PictureSize Picture(string word)
    {
        var sign = word.IndexOfAny(['+', '-']);
        return sign < 0
            ? new PictureSize(Number(word), 0)
            : new PictureSize(Number(word[..sign]), int.Parse(word.AsSpan(sign), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture));
    }

    private static int Number(string word) => int.Parse(word, NumberStyles.None, CultureInfo.InvariantCulture);
}
