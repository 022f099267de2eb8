using KnSock.Media;

namespace KnSock.Server.Sources;

/// <summary>Derives the ladder of a source: never upscaled, its own size on top where that is clearly above the next rung.</summary>
internal static class LadderDerivation
{
    public const int SampleRate = 48_000;

    /// <summary>Rate of H.264 at 30 frames a second for a box of 16:9 with this height, kbit/s; between them by interpolation.</summary>
    private static readonly (int Height, int Kbps)[] Rates =
        [(144, 90), (240, 160), (360, 700), (480, 1300), (720, 2800), (1080, 5000), (1440, 9000), (2160, 16000)];

    /// <summary>A picture that is higher by no more than this counts as of the same height.</summary>
    public const double SameHeight = 1.02;

    /// <summary>An encoded rung below another must be cheaper by so much to be worth offering.</summary>
    private const double WorthARung = 0.75;

    /// <summary>The lowest rung is kept for slow links also where it saves less.</summary>
    private const double WorthALowestRung = 0.95;

    /// <summary>A source that is passed through and costs so many times what its size needs is also offered encoded in that size.</summary>
    private const double WorthTheSameSize = 1.6;

    /// <summary>A rung with this share of the source's pixels is of its size: 1 / 1.15 squared, as rungs of their own size are told apart.</summary>
    private const double SameSize = 0.76;

    /// <summary>The ladder of a source: encoded rungs, below itself where it is passed through.</summary>
    public static Ladder Derive(MediaSource source, LadderOptions options)
    {
        // Silence weighs nothing at any rate.
        var encoded = Derive(source.Video, source.HasAudio ? options : options with { LowAudioBitsPerSecond = null });
        if (source.Passthrough is not { } passthrough)
        {
            return encoded;
        }

        var video = source.Video;
        var rungs = new List<VideoRendition>
        {
            new()
            {
                Index = 0,
                Name = $"{Math.Round(ClassOf(video))}p",
                Width = video.Width,
                Height = video.Height,
                FrameRate = video.FrameRate,
                BitsPerSecond = passthrough.BitsPerSecond,
                IsPassthrough = true,
            },
        };
        foreach (var rung in encoded.Video.Reverse())
        {
            var isOwnSize = (double)rung.Width * rung.Height > SameSize * video.Width * video.Height;
            var share = rung.Index == 0 ? WorthALowestRung : isOwnSize ? 1 / WorthTheSameSize : WorthARung;
            if (rung.BitsPerSecond <= share * rungs[0].BitsPerSecond)
            {
                rungs.Insert(0, rung);
            }
        }

        if (rungs.Count > 1 && rungs[^2].Name == rungs[^1].Name)
        {
            rungs[^1] = rungs[^1] with { Name = rungs[^1].Name + "-source" };
        }

        return encoded with { Video = [.. rungs.Select((rung, index) => rung with { Index = index })] };
    }

    /// <summary>The ladder of a picture that is encoded.</summary>
    public static Ladder Derive(VideoStream video, LadderOptions options)
    {
        var frameRate = SourceFrameRate.Cap(video.FrameRate, options.MaxFrameRate);
        var heights = options.Heights.Distinct().Order().ToArray();
        var own = ClassOf(video);
        var rungs = heights.Where(h => h <= own * SameHeight).Select(h => (double)h).ToList();
        if (rungs.Count == 0 || (rungs[^1] * 1.15 < own && own < heights[^1]))
        {
            rungs.Add(Math.Min(own, heights[^1]));
        }

        return new Ladder
        {
            Video = [.. rungs.Select((height, index) => Rung(video, frameRate, height, own, index))],
            Audio = Sound("stereo", options.AudioBitsPerSecond),
            LowAudio = options.LowAudioBitsPerSecond <= WorthARung * options.AudioBitsPerSecond
                ? Sound("sound-low", options.LowAudioBitsPerSecond.Value) with { IsMixed = true }
                : null,
        };
    }

    private static AudioRendition Sound(string name, int bitsPerSecond) =>
        new() { Index = 0, Name = name, BitsPerSecond = bitsPerSecond, SampleRate = SampleRate, Channels = 2 };

    /// <summary>The height of the smallest 16:9 box (9:16 for upright pictures) that holds the picture: 1280x544 is of class 720.</summary>
    public static double ClassOf(VideoStream video)
    {
        var (longSide, shortSide) = (Math.Max(video.Width, video.Height), Math.Min(video.Width, video.Height));
        return Math.Max(shortSide, longSide * 9.0 / 16);
    }

    private static VideoRendition Rung(VideoStream video, FrameRate frameRate, double height, double own, int index)
    {
        var scale = Math.Min(1, height / own);
        var (width, pixels) = (Even(video.Width, scale), Even(video.Height, scale));
        return new VideoRendition
        {
            Index = index,
            Name = $"{Math.Round(height)}p",
            Width = width,
            Height = pixels,
            FrameRate = frameRate,
            BitsPerSecond = BitsPerSecond(height, frameRate, (double)width * pixels / (height * height * 16 / 9)),
        };
    }

    /// <summary>The table's rate, less for a picture that does not fill its box, more for more than 30 frames a second.</summary>
    private static int BitsPerSecond(double height, FrameRate frameRate, double filled)
    {
        var upper = Array.FindIndex(Rates, r => r.Height >= height);
        var (high, low) = upper switch
        {
            < 0 => (Rates[^1], Rates[^2]),
            0 => (Rates[1], Rates[0]),
            _ => (Rates[upper], Rates[upper - 1]),
        };
        var slope = Math.Log((double)high.Kbps / low.Kbps) / Math.Log((double)high.Height / low.Height);
        var kbps = low.Kbps * Math.Pow(height / low.Height, slope);
        kbps *= Math.Pow(Math.Clamp(filled, 0.1, 1), 0.75);
        kbps *= Math.Pow(Math.Max(frameRate.PerSecond, 12) / 30, 0.5);
        // The lowest rung keeps to its rate whatever the frame rate, so that it stays below 300 kbit/s with its sound.
        kbps = height <= 240 ? Math.Min(kbps, 160) : kbps;
        return (int)Math.Round(Math.Max(kbps, 40) / 10) * 10_000;
    }

    /// <summary>The even number next to the scaled length, but none above the source's own.</summary>
    private static int Even(int length, double scale) => Math.Max(2, 2 * Math.Min((int)Math.Round(length * scale / 2), length / 2));
}
