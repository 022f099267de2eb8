using KnSock.Testing.Processes;

namespace KnSock.Testing.Videos;

/// <summary>Sources of every kind that a server has to cope with. 12 s long unless said.</summary>
public static class TestVideos
{
    private const string Tone = "-f lavfi -i sine=frequency=440:sample_rate=48000:d=12";
    private const string H264 = "-c:v libx264 -preset ultrafast -pix_fmt yuv420p";
    private const string Aac = "-c:a aac -b:a 96k -ac 2";

    /// <summary>The plainest source: H.264 and AAC, 640x360, 30 a second.</summary>
    public static TestVideo H264Aac { get; } = Encoded("h264-aac.mp4", $"{Picture()} {Tone} {H264} {Aac}");

    /// <summary>HEVC and AC-3 in Matroska.</summary>
    public static TestVideo HevcAc3 { get; } =
        Encoded("hevc-ac3.mkv", $"{Picture()} {Tone} -c:v libx265 -preset ultrafast -x265-params log-level=error -pix_fmt yuv420p -c:a ac3 -ac 2");

    /// <summary>VP9 and Opus in WebM.</summary>
    public static TestVideo Vp9Opus { get; } =
        Encoded("vp9-opus.webm", $"{Picture()} {Tone} -c:v libvpx-vp9 -deadline realtime -cpu-used 8 -row-mt 1 -b:v 1M -c:a libopus -ac 2");

    /// <summary>MPEG-2 picture and sound in a transport stream; its timestamps do not begin at 0.</summary>
    public static TestVideo Mpeg2Ts { get; } =
        Encoded("mpeg2.ts", $"{Picture(rate: "25")} {Tone} -c:v mpeg2video -b:v 3M -bf 2 -c:a mp2 -ac 2");

    /// <summary>No sound at all.</summary>
    public static TestVideo Silent { get; } = Encoded("no-sound.mp4", $"{Picture()} {H264}");

    /// <summary>One channel of sound at 44.1 kHz.</summary>
    public static TestVideo Mono44100 { get; } =
        Encoded("mono-44100.mp4", $"{Picture()} -f lavfi -i sine=frequency=440:sample_rate=44100:d=12 {H264} -c:a aac -ac 1");

    /// <summary>24000/1001 a second.</summary>
    public static TestVideo Rate23976 { get; } = Encoded("rate-23976.mp4", $"{Picture(rate: "24000/1001")} {Tone} {H264} {Aac}");

    /// <summary>25 a second.</summary>
    public static TestVideo Rate25 { get; } = Encoded("rate-25.mp4", $"{Picture(rate: "25")} {Tone} {H264} {Aac}");

    /// <summary>50 a second.</summary>
    public static TestVideo Rate50 { get; } = Encoded("rate-50.mp4", $"{Picture(rate: "50")} {Tone} {H264} {Aac}");

    /// <summary>60 a second.</summary>
    public static TestVideo Rate60 { get; } = Encoded("rate-60.mp4", $"{Picture(rate: "60")} {Tone} {H264} {Aac}");

    /// <summary>Variable rate: 2 s at 30 a second, then 2 s at 10, in turn.</summary>
    public static TestVideo VariableRate { get; } =
        Encoded("variable-rate.mp4", $"{Picture()} {Tone} -vf select='lt(mod(t,4),2)+not(mod(n,3))' -fps_mode vfr {H264} {Aac}");

    /// <summary>Upright: 640x360 with the note to turn it by a quarter.</summary>
    public static TestVideo Rotated { get; } = Encoded("rotated.mp4", $"{Picture()} {Tone} {H264} {Aac}", RotationMatrix.TurnPictureAsync);

    /// <summary>853x481, both odd.</summary>
    public static TestVideo OddSize { get; } = Encoded("odd-853x481.mkv", $"{Picture("854x482")} {Tone} -vf crop=853:481:0:0:exact=1 -c:v mpeg4 -q:v 4 {Aac}");

    /// <summary>3 s long.</summary>
    public static TestVideo Short { get; } = Encoded("short-3s.mp4", $"{Picture()} {Tone} {H264} {Aac} -t 3");

    /// <summary>720x576 with pixels wider than high: 4:3 on the screen.</summary>
    public static TestVideo Anamorphic { get; } =
        Encoded("anamorphic-4-3.mp4", $"{Picture("720x576", "25")} {Tone} -vf setsar=16/15 {H264} {Aac}");

    /// <summary>3840x2160.</summary>
    public static TestVideo Uhd { get; } = Encoded("uhd-2160.mp4", $"{Picture("3840x2160")} {Tone} {H264} {Aac}");

    /// <summary>1280x720, so full of detail that every rung needs the rate it is allowed; for shaped links.</summary>
    public static TestVideo Detailed { get; } =
        Encoded("detailed-720.mp4", $"{Picture("1280x720")} {Tone} -vf noise=alls=24:allf=t:all_seed=1 {H264} -b:v 12M {Aac}");

    /// <summary>
    /// 640x360 with keyframes at most 1.5 s apart and some between, and B-frames: its own top rung without being encoded, at more than encoded rungs of its
    /// size have. The others but the flash-and-beep sample have keyframes too far apart for that, or are nothing that can be passed through.
    /// </summary>
    public static TestVideo ShortGops { get; } = Encoded(
        "short-gops.mp4",
        $"{Picture()} {Tone} -vf noise=alls=16:allf=t:all_seed=1 -c:v libx264 -preset superfast -bf 2 -g 45 -force_key_frames 0.4,2.3,5.1,5.2,8.7 "
        + $"-b:v 2500k -maxrate 3M -bufsize 2M -pix_fmt yuv420p {Aac}");

    /// <summary>
    /// The sample with the timecode, 20 s, 1280x720, 30 a second: at 0.5 s of each second, so that the seam of the loop at 0 is nothing
    /// special, the whole picture is white for 2 frames and a tone of 1 kHz sounds for the same 3,200 samples.
    /// </summary>
    public static TestVideo FlashAndBeep { get; } = Sample("flash-and-beep");

    /// <summary>A sample, 12 s, 1280x720, 30 a second, with so much detail that every rung needs the rate it is allowed; it is its own top rung.</summary>
    public static TestVideo Mandelbrot { get; } = Sample("mandelbrot");

    /// <summary>
    /// A turn of an awkward length, so that an error of each turn adds up soon: 149 frames at 30000/1001 a second, 4.9716 s, 238,638.4 samples. 320x180; flashes and
    /// beeps as the sample does, five times a turn.
    /// </summary>
    public static TestVideo FlashLoop { get; } = FlashesOf("flash-loop.mp4", "4.97");

    /// <summary>The same with 31 frames, 1.0344 s, 49,649.6 samples: a flash and a seam each second.</summary>
    public static TestVideo FlashShortLoop { get; } = FlashesOf("flash-short-loop.mp4", "1.03");

    /// <summary>31 frames at 30000/1001 a second with a tone that has no step at the seam of the loop: 455 of its periods are a turn.</summary>
    public static TestVideo ToneLoop { get; } = Encoded(
        "tone-loop.mkv",
        "-f lavfi -i testsrc2=s=320x180:r=30000/1001:d=1.03 -f lavfi -i aevalsrc=0.5*sin(2*PI*455*30000/1001/31*t):s=48000:d=1.2 "
        + $"{H264} -c:a pcm_s16le");

    /// <summary>All that can be played, the flash-and-beep sample and the detailed one apart.</summary>
    public static IReadOnlyList<TestVideo> Playable { get; } =
    [
        H264Aac, HevcAc3, Vp9Opus, Mpeg2Ts, Silent, Mono44100, Rate23976, Rate25, Rate50, Rate60, VariableRate, Rotated, OddSize, Short,
        Anamorphic, Uhd,
    ];

    /// <summary>A file of no bytes.</summary>
    public static TestVideo Empty { get; } = new("empty.mp4", "empty", path => File.WriteAllBytesAsync(path, []));

    /// <summary>Text with the name of a video.</summary>
    public static TestVideo Text { get; } =
        new("text.mp4", "text", path => File.WriteAllTextAsync(path, string.Concat(Enumerable.Repeat("This is no video.\n", 400))));

    /// <summary>An MP4 cut in the middle; its index, which stands at the end, is missing.</summary>
    public static TestVideo Truncated { get; } = new("truncated.mp4", "truncated", async path =>
    {
        var whole = await File.ReadAllBytesAsync(await H264Aac.GetPathAsync());
        await File.WriteAllBytesAsync(path, whole[..(whole.Length / 2)]);
    });

    /// <summary>Files that are no videos.</summary>
    public static IReadOnlyList<TestVideo> Bad { get; } = [Empty, Text, Truncated];

    /// <summary>The one with this file name.</summary>
    public static TestVideo Named(string name) =>
        Playable.Concat(Bad).Append(Detailed).Append(ShortGops).Append(FlashAndBeep).Single(v => v.Name.Equals(name, StringComparison.Ordinal));

    private static string Picture(string size = "640x360", string rate = "30") => $"-f lavfi -i testsrc2=s={size}:r={rate}:d=12";

    private static TestVideo FlashesOf(string name, string seconds) => Encoded(
        name,
        "-f lavfi -i color=c=0x101820:s=320x180:r=30000/1001 "
        + @"-f lavfi -i aevalsrc=0.5*sin(2*PI*1000*t)*lt(mod(t+0.5005\,1.001)\,1001/15000):s=48000 "
        + $@"-vf drawbox=color=white:t=fill:enable=lt(mod(n+15\,30)\,2) -t {seconds} {H264} {Aac}");

    private static TestVideo Encoded(string name, string arguments, Func<string, Task>? finish = null) =>
        new(name, $"{arguments} {finish?.Method.Name}", async path =>
        {
            await Command.RunAsync("ffmpeg", [.. "-v error -nostdin -y".Split(' '), .. arguments.Split(' '), path]);
            await (finish?.Invoke(path) ?? Task.CompletedTask);
        });

    private static TestVideo Sample(string name)
    {
        var script = Path.Combine(Repository.Root, "samples", "make-samples.sh");
        return new TestVideo($"{name}.mp4", File.ReadAllText(script), async path =>
        {
            var folder = Directory.CreateDirectory($"{path}.folder");
            var made = await Command.RunAsync(script, "-d", folder.FullName, name);
            File.Move(made.Trim(), path);
            folder.Delete(recursive: true);
        });
    }
}
