using System.Diagnostics;

namespace KnSock.Media.Tests;

/// <summary>The real ffmpeg and ffprobe, and the streams they make; each made once.</summary>
internal static class Ffmpeg
{
    private const string Fragmented = "-movflags frag_every_frame+empty_moov+default_base_moof -f mp4 pipe:1";
    private static readonly Lazy<byte[]> LazyVideo = new(() => Run($"-f lavfi -i testsrc2=size=642x362:rate=30 -t 3 {H264} -bf 2 {Fragmented}"));
    private static readonly Lazy<byte[]> LazyPlain = new(() => Run($"-f lavfi -i testsrc2=size=320x180:rate=30000/1001 -t 2 {H264} -bf 0 {Fragmented}"));
    private static readonly Lazy<byte[]> LazySmall = new(
        () => Run($"-f lavfi -i testsrc2=size=642x362:rate=30 -t 3 -vf scale=320:180 {H264} -bf 2 {Fragmented}"));
    private static readonly Lazy<byte[]> LazyTiny = new(
        () => Run($"-f lavfi -i color=black:size=32x32:rate=30 -t 1 {H264} -bf 2 -x264-params no-info=1 {Fragmented}"));
    private static readonly Lazy<byte[]> LazyAudio = new(
        () => Run($"-f lavfi -i sine=sample_rate=48000 -t 2 -ac 2 -c:a aac -b:a 96k {Fragmented}"));

    /// <summary>3 s of 642x362 at 30 frames/s with two B-frames, a keyframe each second.</summary>
    public static byte[] Video => LazyVideo.Value;

    /// <summary>2 s of 320x180 at 29.97 frames/s without B-frames.</summary>
    public static byte[] PlainVideo => LazyPlain.Value;

    /// <summary>2 s of stereo at 48 kHz.</summary>
    public static byte[] Audio => LazyAudio.Value;

    /// <summary>The same pictures as <see cref="Video"/> at 320x180, with keyframes at the same times.</summary>
    public static byte[] SmallVideo => LazySmall.Value;

    /// <summary>Little pictures, so that nearly all bytes belong to boxes.</summary>
    public static byte[] TinyVideo => LazyTiny.Value;

    /// <summary>Arguments for H.264 in GOPs of 30 frames.</summary>
    public const string H264 = "-c:v libx264 -profile:v high -pix_fmt yuv420p -preset veryfast -g 30 -keyint_min 30 -sc_threshold 0";

    /// <summary>Runs ffmpeg and gives what it writes to its standard output; fails on any complaint.</summary>
    public static byte[] Run(string arguments) => Execute("ffmpeg", $"-nostdin -v error {arguments}");

    /// <summary>What ffprobe prints, line by line.</summary>
    public static string[] Probe(string arguments, byte[] input) => WithFile(
        input,
        path => System.Text.Encoding.UTF8.GetString(Execute("ffprobe", $"-v error {arguments} {path}"))
            .Split('\n', StringSplitOptions.RemoveEmptyEntries));

    /// <summary>Decodes a whole file, and fails on any complaint; gives the lines of the framemd5 muxer.</summary>
    public static string[] Decode(byte[] file, string arguments = "", string inputArguments = "") => WithFile(
        file,
        path => System.Text.Encoding.UTF8.GetString(Run($"-xerror -err_detect explode {inputArguments} -i {path} {arguments} -f framemd5 pipe:1"))
            .Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Where(line => line[0] != '#').ToArray());

    private static T WithFile<T>(byte[] content, Func<string, T> use)
    {
        var path = Path.Combine(Path.GetTempPath(), $"knsock-{Guid.NewGuid():N}.mp4");
        File.WriteAllBytes(path, content);
        try
        {
            return use(path);
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static byte[] Execute(string program, string arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = new MemoryStream();
        process.StandardOutput.BaseStream.CopyTo(output);
        process.WaitForExit();
        var complaints = errors.GetAwaiter().GetResult();
        return process.ExitCode == 0 && complaints.Length == 0
            ? output.ToArray()
            : throw new InvalidOperationException($"{program} {arguments}: exit {process.ExitCode}\n{complaints}");
    }
}
