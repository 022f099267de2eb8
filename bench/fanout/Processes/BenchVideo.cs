namespace KnSock.Fanout.Processes;

/// <summary>The video that is served unless another is named: 20 s of 720p at 30, about 2.6 Mbit/s with its sound, which a server can send as it is.</summary>
internal static class BenchVideo
{
    private const int Seconds = 20;

    /// <summary>Its path; it is made if it is not there.</summary>
    public static async Task<string> MakeAsync(CancellationToken cancellationToken)
    {
        var folder = Path.Combine(CacheFolder(), "knsock", "bench");
        var path = Path.Combine(folder, $"fanout-720p30-{Seconds}s-v1.mp4");
        if (File.Exists(path))
        {
            return path;
        }

        Directory.CreateDirectory(folder);
        var unfinished = Path.Combine(folder, $".{Environment.ProcessId}.mp4");
        try
        {
            await Child.RunAsync("ffmpeg", ["ffmpeg", .. Arguments(unfinished)], cancellationToken);
            File.Move(unfinished, path, overwrite: true);
        }
        finally
        {
            File.Delete(unfinished);
        }

        return path;
    }

    // Noise takes up any rate, so the encoder is at its limit throughout and GOPs are all of a size.
    private static string[] Arguments(string path) =>
    [
        "-nostdin", "-v", "error", "-y",
        "-f", "lavfi", "-i", $"testsrc2=size=1280x720:rate=30:duration={Seconds}",
        "-f", "lavfi", "-i", $"sine=frequency=440:sample_rate=48000:duration={Seconds}",
        "-vf", "noise=alls=12:allf=t", "-pix_fmt", "yuv420p",
        "-c:v", "libx264", "-preset", "veryfast", "-profile:v", "high", "-bf", "2",
        "-b:v", "2500k", "-minrate", "2500k", "-maxrate", "2500k", "-bufsize", "1250k",
        "-g", "30", "-keyint_min", "30", "-sc_threshold", "0", "-flags", "+cgop",
        "-c:a", "aac", "-b:a", "96k", "-ac", "2", "-movflags", "+faststart", path,
    ];

    private static string CacheFolder() =>
        Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { } cache && Path.IsPathFullyQualified(cache) ? cache
        : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache");
}
