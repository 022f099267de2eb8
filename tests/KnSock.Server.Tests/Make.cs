using KnSock.Media;
using KnSock.Server.Sources;

namespace KnSock.Server.Tests;

/// <summary>Plain objects for tests; what matters to one is named by it.</summary>
internal static class Make
{
    public const int SampleRate = 48_000;

    public static readonly FrameRate Film = new(24_000, 1001);
    public static readonly FrameRate Ntsc = new(30_000, 1001);

    public static FrameRate Fps(int rate) => new(rate, 1);

    public static LoopTimeline Timeline(FrameRate rate, double seconds, double gopSeconds = 1) =>
        new(rate, TimeSpan.FromSeconds(seconds), TimeSpan.FromSeconds(gopSeconds), SampleRate);

    public static VideoStream Video(int width = 640, int height = 360, FrameRate? rate = null, double seconds = 10, bool interlaced = false) => new()
    {
        Codec = "h264",
        Width = width,
        Height = height,
        CodedPixels = (long)width * height,
        FrameRate = rate ?? Fps(30),
        Duration = TimeSpan.FromSeconds(seconds),
        IsInterlaced = interlaced,
    };

    public static MediaSource Source(string path, VideoStream? video = null, bool hasAudio = true) => new()
    {
        Path = path,
        Title = Path.GetFileNameWithoutExtension(path),
        Video = video ?? Video(),
        HasAudio = hasAudio,
    };

    public static Passthrough Passthrough(int bitsPerSecond = 2_000_000) => new()
    {
        Start = Timestamp.Zero,
        FrameCount = 300,
        GopStarts = [0, 60, 90, 150, 210, 270],
        ReorderDepth = 2,
        LongestGop = TimeSpan.FromSeconds(2),
        BitsPerSecond = bitsPerSecond,
    };

    public static VideoRendition Rung(int index = 0, int width = 320, int height = 180, FrameRate? rate = null, int bitsPerSecond = 300_000) => new()
    {
        Index = index,
        Name = $"{height}p",
        Width = width,
        Height = height,
        FrameRate = rate ?? Fps(30),
        BitsPerSecond = bitsPerSecond,
    };

    public static AudioRendition Stereo { get; } =
        new() { Index = 0, Name = "stereo", BitsPerSecond = 96_000, SampleRate = SampleRate, Channels = 2 };

    public static AudioRendition LowSound { get; } = Stereo with { Name = "sound-low", BitsPerSecond = 24_000, IsMixed = true };

    public static VideoConfiguration VideoSetup(int index = 0) =>
        new() { Codec = "avc1.640015", Setup = new byte[] { 1, 0x64, 0, 0x15, 0xFF, 0xE1, 0, 1, 0x67, 1, 0, 2, 0x68, (byte)index }, Width = 320, Height = 180 };

    public static AudioConfiguration AudioSetup { get; } =
        new() { Codec = "mp4a.40.2", Setup = new byte[] { 0x11, 0x90 }, SampleRate = SampleRate, Channels = 2 };
}
