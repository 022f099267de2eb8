using System.Globalization;
using KnSock.Media;
using KnSock.Server;
using KnSock.Server.Encoding;
using KnSock.Server.Sources;

namespace KnSock.EncodeBenchmark;

/// <summary>CPU seconds for the whole ladder, by <c>knsock prepare</c> into an empty store and by one ffmpeg command that makes the same rungs.</summary>
internal static class LadderCost
{
    public static async Task RunAsync(string video, int rounds, WorkFolder folder)
    {
        var source = await new SourceProber(await FfmpegTools.FindAsync(CancellationToken.None), TimeSpan.FromSeconds(20), new ServerClock(TimeProvider.System))
            .ProbeAsync(video, CancellationToken.None);
        var ladder = LadderDerivation.Derive(source, new LadderOptions { Passthrough = false });
        Console.WriteLine($"{source.FileName}: {source.Video.Width}x{source.Video.Height}, {source.Video.Duration.TotalSeconds:0.0} s, rungs {string.Join(' ', ladder.Video.Select(r => r.Name))} and sound");
        Console.WriteLine("CPU seconds, user and system, with all children:");
        Console.WriteLine("round  one ffmpeg command  knsock prepare  ratio  prepare again");
        var ratios = new List<double>();
        for (var round = 1; round <= rounds; round++)
        {
            var store = folder.NewPath();
            var one = await Child.CpuSecondsAsync("ffmpeg", OneCommand(source, ladder, folder));
            var ours = await PrepareAsync(video, store);
            var again = await PrepareAsync(video, store);
            ratios.Add(ours / one);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{round,5}  {one,18:0.00}  {ours,14:0.00}  {ours / one,5:0.000}  {again,13:0.00}"));
            Directory.Delete(store, recursive: true);
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"ratio, median: {ratios.Order().ElementAt(ratios.Count / 2):0.000}"));
    }

    private static Task<double> PrepareAsync(string video, string store) =>
        Child.CpuSecondsAsync("dotnet", [Path.Combine(AppContext.BaseDirectory, "KnSock.Cli.dll"), "prepare", video, "--store", store, "--no-passthrough"]);

    /// <summary>What one would type: the source decoded once, split, scaled, and encoded with the same settings into a file for each rung.</summary>
    private static IEnumerable<string> OneCommand(MediaSource source, Ladder ladder, WorkFolder folder)
    {
        var rungs = ladder.Video;
        var gop = (int)Math.Round(rungs[0].FrameRate.PerSecond);
        var split = $"[0:v]split={rungs.Count}{string.Concat(rungs.Select((_, i) => $"[s{i}]"))};";
        var scales = string.Join(';', rungs.Select((r, i) => $"[s{i}]scale={r.Width}:{r.Height}:flags=bicubic[v{i}]"));
        string[] head = ["-v", "error", "-nostdin", "-i", source.Path, "-filter_complex", split + scales];
        return
        [
            .. head,
            .. rungs.SelectMany((rung, i) => Rung(rung, i, gop).Append(folder.NewPath(".mp4"))),
            "-map", "0:a", "-c:a", "aac", "-b:a", $"{ladder.Audio.BitsPerSecond}", "-ac", "2", "-ar", $"{ladder.Audio.SampleRate}", folder.NewPath(".m4a"),
        ];
    }

    private static string[] Rung(VideoRendition rung, int index, int gop)
    {
        var kbps = rung.BitsPerSecond / 1000;
        return
            $"-map [v{index}] -c:v libx264 -preset {EncoderRun.DefaultPreset} -profile:v high -pix_fmt yuv420p -b:v {kbps}k -maxrate {kbps * 6 / 5}k -bufsize {kbps * 3 / 5}k -g {gop} -keyint_min {gop} -sc_threshold 0 -bf 2 -flags +cgop"
            .Split(' ');
    }
}
