using System.Globalization;
using System.Text.Json;
using KnSock.Media;

namespace KnSock.Server.Sources;

/// <summary>Reads ffprobe's JSON. Everything in it comes from the file and may be missing or absurd.</summary>
internal static class ProbeResult
{
    private const int MaxDimension = 16384;

    /// <summary>The source that ffprobe describes.</summary>
    /// <exception cref="LiveStreamServerException">The file holds no picture that can be served.</exception>
    /// <exception cref="JsonException">The text is not ffprobe's.</exception>
    public static MediaSource Parse(ReadOnlyMemory<byte> json, string path)
    {
        using var document = JsonDocument.Parse(json);
        try
        {
            return Read(document.RootElement, path);
        }
        catch (InvalidOperationException e)
        {
            throw new JsonException("a value is not of the kind that stands in its place", e);
        }
    }

    private static MediaSource Read(JsonElement root, string path)
    {
        var streams = root.TryGetProperty("streams", out var list) ? list.EnumerateArray().ToArray() : [];
        var video = streams.FirstOrDefault(s => Text(s, "codec_type") == "video" && !IsCoverArt(s));
        if (video.ValueKind == JsonValueKind.Undefined)
        {
            throw new LiveStreamServerException($"{path}: holds no picture; KnSock serves videos");
        }

        var format = root.TryGetProperty("format", out var f) && f.ValueKind == JsonValueKind.Object ? f : default;
        return new MediaSource
        {
            Path = path,
            Title = Title(format, path),
            Video = ReadVideo(video, format, path),
            // The first one is the one that is encoded.
            HasAudio = streams.FirstOrDefault(s => Text(s, "codec_type") == "audio") is { ValueKind: JsonValueKind.Object } audio
                && Text(audio, "codec_name") is not (null or "unknown"),
        };
    }

    private static VideoStream ReadVideo(JsonElement stream, JsonElement format, string path)
    {
        var (width, height) = (Integer(stream, "width"), Integer(stream, "height"));
        if (width is < 2 or > MaxDimension || height is < 2 or > MaxDimension)
        {
            throw new LiveStreamServerException($"{path}: its picture size of {width}x{height} cannot be served; re-encode it with ffmpeg");
        }

        var codedPixels = (long)width * height;
        var aspect = Ratio(Text(stream, "sample_aspect_ratio"), ':');
        if (aspect is > 0.1 and < 10)
        {
            width = Math.Max(2, (int)Math.Round(width * aspect));
        }

        if (Math.Abs(Rotation(stream)) % 180 == 90)
        {
            (width, height) = (height, width);
        }

        return new VideoStream
        {
            Codec = Text(stream, "codec_name") ?? "unknown",
            Width = width,
            Height = height,
            CodedPixels = codedPixels,
            FrameRate = SourceFrameRate.Choose(Fraction(stream, "r_frame_rate"), Fraction(stream, "avg_frame_rate")),
            Duration = Duration(stream, format) ?? throw new LiveStreamServerException($"{path}: its length is unknown; remux it with ffmpeg -i in -c copy out.mkv"),
            IsInterlaced = Text(stream, "field_order") is "tt" or "bb" or "tb" or "bt",
            Coding = Coding(stream, format),
        };
    }

    private static StreamCoding Coding(JsonElement stream, JsonElement format) => new()
    {
        Container = format.ValueKind == JsonValueKind.Object ? Text(format, "format_name") ?? "" : "",
        Profile = Text(stream, "profile") ?? "",
        PixelFormat = Text(stream, "pix_fmt") ?? "",
        FieldOrder = Text(stream, "field_order") ?? "",
        // 0:1 is ffprobe's unknown.
        HasSquarePixels = Text(stream, "sample_aspect_ratio") is null or "1:1" or "0:1" or "N/A",
        // ffprobe names a matrix only where it is not the plain one; one that mirrors has no rotation.
        IsTurned = stream.TryGetProperty("side_data_list", out var list)
            && list.EnumerateArray().Any(data => Text(data, "side_data_type") == "Display Matrix" || data.TryGetProperty("rotation", out _)),
    };

    private static TimeSpan? Duration(JsonElement stream, JsonElement format)
    {
        double?[] found = [Number(stream, "duration"), TaggedDuration(stream), Number(format, "duration")];
        return found.FirstOrDefault(seconds => seconds is >= 1e-6 and < 1e7) is { } seconds ? TimeSpan.FromSeconds(seconds) : null;
    }

    /// <summary>Matroska keeps a stream's length in a tag, 00:00:12.345000000.</summary>
    private static double? TaggedDuration(JsonElement stream)
    {
        // Not by TimeSpan, which takes 25:00:00 for 25 days.
        return Tag(stream, "DURATION")?.Split(':') is [var h, var m, var s]
            && uint.TryParse(h, NumberStyles.None, CultureInfo.InvariantCulture, out var hours)
            && uint.TryParse(m, NumberStyles.None, CultureInfo.InvariantCulture, out var minutes)
            && double.TryParse(s, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds)
            ? (hours * 3600.0) + (minutes * 60.0) + seconds
            : null;
    }

    private static int Rotation(JsonElement stream)
    {
        if (stream.TryGetProperty("side_data_list", out var list))
        {
            foreach (var data in list.EnumerateArray())
            {
                if (data.TryGetProperty("rotation", out var rotation) && rotation.TryGetDouble(out var degrees))
                {
                    return (int)Math.Round(degrees % 360);
                }
            }
        }

        return 0;
    }

    private static bool IsCoverArt(JsonElement stream) =>
        stream.TryGetProperty("disposition", out var d) && d.TryGetProperty("attached_pic", out var a) && a.TryGetInt32(out var set) && set == 1;

    private static string Title(JsonElement format, string path)
    {
        var title = format.ValueKind == JsonValueKind.Object ? Tag(format, "title") : null;
        title = string.IsNullOrWhiteSpace(title) ? Path.GetFileNameWithoutExtension(path) : title;
        return DisplayText.Clean(title);
    }

    private static string? Tag(JsonElement element, string name)
    {
        if (element.TryGetProperty("tags", out var tags))
        {
            foreach (var tag in tags.EnumerateObject())
            {
                if (string.Equals(tag.Name, name, StringComparison.OrdinalIgnoreCase))
                {
                    return tag.Value.GetString();
                }
            }
        }

        return null;
    }

    private static FrameRate? Fraction(JsonElement stream, string name)
    {
        var parts = Text(stream, name)?.Split('/');
        return parts is [var n, var d] && int.TryParse(n, out var numerator) && int.TryParse(d, out var denominator)
            && numerator > 0 && denominator > 0
            ? new FrameRate(numerator, denominator)
            : null;
    }

    private static double Ratio(string? text, char separator)
    {
        var parts = text?.Split(separator);
        return parts is [var n, var d] && double.TryParse(n, out var numerator) && double.TryParse(d, out var denominator) && denominator > 0
            ? numerator / denominator
            : 1;
    }

    private static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static int Integer(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) ? number : 0;

    private static double? Number(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object
        && double.TryParse(Text(element, name), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && number > 0 ? number : null;
}
