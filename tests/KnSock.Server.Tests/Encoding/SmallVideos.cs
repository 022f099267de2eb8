using System.Globalization;
using KnSock.Server.Encoding;
using KnSock.Server.Sources;
using KnSock.Testing;
using KnSock.Testing.Processes;

namespace KnSock.Server.Tests.Encoding;

/// <summary>Little sources that are made in a moment, as the real ffprobe sees them.</summary>
public sealed class SmallVideos : IDisposable
{
    private const string H264 = "-c:v libx264 -preset ultrafast -pix_fmt yuv420p";
    private static readonly Dictionary<string, string> Recipes = new(StringComparer.Ordinal)
    {
        ["plain.mp4"] = $"{Picture("30")} {Sweep} {H264} -g 50 -c:a aac -t 6",
        ["b-frames.mp4"] = $"{Picture("25")} -c:v libx264 -preset veryfast -bf 3 -b_strategy 0 -g 60 -pix_fmt yuv420p -t 6",
        ["film.mkv"] = $"{Picture("24000/1001")} {Sweep} -c:v libx264 -preset veryfast -bf 2 -g 48 -pix_fmt yuv420p -c:a pcm_s16le -t 6",
        ["fast.mp4"] = $"{Picture("60")} {H264} -g 60 -t 6",
        ["variable.mkv"] = $"{Picture("30")} {Sweep} -vf select='lt(mod(t,2),1)+not(mod(n,3))' -fps_mode vfr {H264} -c:a libopus -t 6",
        ["held.mkv"] = $"{Picture("30")} -vf select='lt(t,1)+gt(t,5.4)' -fps_mode vfr {H264} -g 15 -t 7",
        ["program.ts"] = $"{Picture("25")} {Sweep} -c:v mpeg2video -b:v 1M -bf 2 -g 12 -c:a mp2 -t 6",
        ["short-picture.mkv"] = $"-f lavfi -i testsrc2=s=160x90:r=30:d=2.5 {Sweep} {H264} -bf 2 -g 30 -c:a aac -t 7",
        ["late-picture.mkv"] = $"-itsoffset 0.7 {Picture("30")} {Sweep} {H264} -c:a aac -t 6",
        ["no-sound.mp4"] = $"{Picture("30")} {H264} -t 3.21",
        ["click-aac.mp4"] = $"{Picture("30")} {Click(48_000)} {H264} -c:a aac -b:a 160k -t 6",
        ["click-44100.mp4"] = $"{Picture("30")} {Click(44_100)} {H264} -c:a aac -b:a 160k -ac 1 -t 6",
        ["click-opus.mkv"] = $"{Picture("30")} {Click(48_000)} {H264} -c:a libopus -b:a 160k -t 6",
        ["short-sound.mkv"] = $"{Picture("30")} -f lavfi -i sine=frequency=440:sample_rate=48000:d=1.5 {H264} -c:a aac -b:a 160k -t 6",
        ["click-pcm.mkv"] = $"{Picture("30")} {Click(48_000)} {H264} -c:a pcm_s16le -t 6",
        ["tiny-tail.mp4"] = $"-f lavfi -i testsrc2=s=64x64:r=60 {Sweep} {H264} -frames:v 421 -c:a aac",
        ["cuts.mp4"] = $"{Picture("30")} {Sweep} {Cuts} -c:a aac -t 6",
        ["cuts.mkv"] = $"{Picture("24000/1001")} {Sweep} {Cuts} -c:a aac -t 6",
        ["cuts-ntsc.mp4"] = $"{Picture("60000/1001")} {Sweep} {Cuts} -c:a aac -t 6",
        ["cuts-3-b.mp4"] = $"{Picture("25")} {Cuts} -x264-params bframes=3:b-pyramid=normal:b-adapt=0 -t 6",
        ["cuts-click.mp4"] = $"{Picture("30")} {Click(48_000)} {Cuts} -c:a aac -b:a 160k -t 6",
        ["cuts-click.mkv"] = $"{Picture("24000/1001")} {Click(48_000)} {Cuts} -c:a aac -b:a 160k -t 6",
        ["cuts-in-band.mp4"] = $"{Picture("30")} {Cuts} -bsf:v dump_extra=freq=keyframe -t 6",
        ["all-keyframes.mp4"] = $"{Picture("30")} {H264} -g 1 -t 3",
        ["open-gops.mp4"] = $"{Picture("30")} -c:v libx264 -preset veryfast -x264-params open-gop=1:keyint=30:bframes=2:b-adapt=0 -flags -cgop -pix_fmt yuv420p -t 6",
        ["refresh.mp4"] = $"{Picture("30")} -c:v libx264 -preset veryfast -x264-params intra-refresh=1:keyint=30 -pix_fmt yuv420p -t 6",
        ["interlaced.mp4"] = $"-f lavfi -i testsrc2=s=160x96:r=30 -c:v libx264 -preset veryfast -flags +ildct+ilme -x264-params interlaced=1 -g 30 -pix_fmt yuv420p -t 6",
        ["ten-bit.mp4"] = $"{Picture("30")} -c:v libx264 -preset veryfast -g 30 -pix_fmt yuv420p10le -t 3",
        ["wide-pixels.mp4"] = $"{Picture("30")} -vf setsar=16/15 {H264} -g 30 -t 3",
        ["quick.mp4"] = $"{Picture("120")} {H264} -g 60 -t 3",
        ["h264.ts"] = $"{Picture("25")} {H264} -g 25 -t 3",
        ["h264.avi"] = $"{Picture("25")} {H264} -g 25 -t 3",
        ["one-frame.mp4"] = $"-f lavfi -i testsrc2=s=64x64:r=30 {H264} -frames:v 1",
    };

    private readonly string _folder = Directory.CreateTempSubdirectory("knsock-small-").FullName;
    private readonly Dictionary<string, Lazy<Task<string>>> _made;

    public SmallVideos() => _made = Recipes.ToDictionary(
        r => r.Key,
        r => new Lazy<Task<string>>(() => MakeAsync(r.Key, r.Value)),
        StringComparer.Ordinal);

    /// <summary>The middle of the click, in seconds.</summary>
    public const double ClickAt = 3.101;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    public Task<string> PathOfAsync(string name) => _made[name].Value;

    /// <summary>What it holds; not examined for passing through, so all rungs are encoded.</summary>
    internal async Task<MediaSource> ProbeAsync(string name) => await ProbeFileAsync(await PathOfAsync(name));

    /// <summary>As <see cref="ProbeAsync"/>, and whether it can be passed through.</summary>
    internal async Task<MediaSource> ExamineAsync(string name) => await ExamineFileAsync(await PathOfAsync(name));

    internal static async Task<MediaSource> ExamineFileAsync(string path)
    {
        var scan = new PassthroughScan(await ToolsAsync(), TimeSpan.FromSeconds(30), new ServerClock(new ManualTimeProvider()), new LadderOptions());
        return await scan.ExamineAsync(await ProbeFileAsync(path), CancellationToken.None);
    }

    private static async Task<MediaSource> ProbeFileAsync(string path)
    {
        var prober = new SourceProber(await ToolsAsync(), TimeSpan.FromSeconds(30), new ServerClock(new ManualTimeProvider()));
        return await prober.ProbeAsync(path, CancellationToken.None);
    }

    internal static Task<FfmpegTools> ToolsAsync() => FfmpegTools.FindAsync(CancellationToken.None);

    private static string Picture(string rate) => $"-f lavfi -i testsrc2=s=160x90:r={rate}";

    private const string Cuts = "-c:v libx264 -preset veryfast -bf 2 -g 48 -keyint_min 5 -force_key_frames 0.4,0.5,1.7,3.3,3.4,3.5,3.6,5.2 -pix_fmt yuv420p";

    private const string Sweep = "-f lavfi -i aevalsrc=0.5*sin(2*PI*(300*t+150*t*t)):s=48000";

    private static string Click(int rate) =>
        string.Create(CultureInfo.InvariantCulture, $"-f lavfi -i aevalsrc=0.9*sin(2*PI*2000*t)*between(t\\,3.1\\,3.102):s={rate}");

    private async Task<string> MakeAsync(string name, string arguments)
    {
        var path = Path.Combine(_folder, name);
        await Command.RunAsync("ffmpeg", [.. "-v error -nostdin -y".Split(' '), .. arguments.Split(' '), path]);
        return path;
    }
}
