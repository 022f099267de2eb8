using System.Globalization;
using KnSock.Fanout.Processes;

namespace KnSock.Shaped.Media;

/// <summary>The video that is watched: 720p at 30 with sound, so full of detail that each rung needs the rate that it is allowed. Keyframes are far apart, so that all rungs are encoded.</summary>
internal static class ShapedVideo
{
    /// <summary>Makes it, if it is not there.</summary>
    public static async Task<string> MakeAsync(string folder, TimeSpan length, CancellationToken cancellationToken)
    {
        var path = Path.Combine(folder, "shaped-720p30.mp4");
        if (!File.Exists(path))
        {
            var unfinished = Path.Combine(folder, $".{Environment.ProcessId}.mp4");
            await Child.RunAsync("ffmpeg", ["ffmpeg", .. Arguments(unfinished, length.TotalSeconds.ToString(CultureInfo.InvariantCulture))], cancellationToken);
            File.Move(unfinished, path, overwrite: true);
        }

        return path;
    }

    private static string[] Arguments(string path, string seconds) =>
    [
        "-nostdin", "-v", "error", "-y",
        "-f", "lavfi", "-i", $"testsrc2=size=1280x720:rate=30:duration={seconds}",
        "-f", "lavfi", "-i", $"aevalsrc=0.2*sin(2*PI*t*(220+40*sin(t)))+0.05*(random(0)-0.5):sample_rate=48000:duration={seconds}",
        "-vf", "noise=alls=24:allf=t:all_seed=1", "-pix_fmt", "yuv420p",
        "-c:v", "libx264", "-preset", "ultrafast", "-b:v", "12M", "-g", "250", "-c:a", "aac", "-b:a", "128k", path,
    ];
}
