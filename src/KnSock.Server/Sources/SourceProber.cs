using System.Text.Json;
using KnSock.Server.Encoding;

namespace KnSock.Server.Sources;

/// <summary>Finds out by ffprobe what a file holds.</summary>
internal sealed class SourceProber(FfmpegTools tools, TimeSpan timeout, ServerClock clock)
{
    /// <summary>Probes a file.</summary>
    /// <exception cref="LiveStreamServerException">The file cannot be served; the message says why.</exception>
    public async Task<MediaSource> ProbeAsync(string path, CancellationToken cancellationToken)
    {
        var fullPath = CheckReadable(path);
        using var deadline = clock.Deadline(timeout, cancellationToken);
        try
        {
            var json = await RunFfprobeAsync(fullPath, deadline.Token);
            return ProbeResult.Parse(json, fullPath);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new LiveStreamServerException($"{path}: ffprobe did not answer within {timeout.TotalSeconds:0} s; is the file on a slow or broken disk?", e);
        }
        catch (JsonException e)
        {
            throw new LiveStreamServerException($"{path}: ffprobe's answer could not be read; is ffmpeg 5.1 or newer installed?", e);
        }
    }

    private static string CheckReadable(string path)
    {
        if (Directory.Exists(path))
        {
            throw new LiveStreamServerException($"{path}: is a directory; name the video files in it");
        }

        if (!File.Exists(path))
        {
            throw new LiveStreamServerException($"{path}: no such file; check the path");
        }

        if (new FileInfo(path).Length == 0)
        {
            throw new LiveStreamServerException($"{path}: the file is empty; name a video file");
        }

        return System.IO.Path.GetFullPath(path);
    }

    private async Task<byte[]> RunFfprobeAsync(string path, CancellationToken cancellationToken)
    {
        string[] arguments = ["-v", "error", .. InputGuard.Options, "-of", "json", "-show_format", "-show_streams", InputGuard.Url(path)];
        await using var child = ChildProcess.Start(tools.Ffprobe, arguments);
        using var output = new MemoryStream();
        await child.Output.CopyToAsync(output, cancellationToken);
        var exitCode = await child.WaitForExitAsync(cancellationToken);
        return exitCode == 0
            ? output.ToArray()
            : throw new LiveStreamServerException($"{path}: not a video that can be played ({child.LastError ?? "unknown format"}); try to play it with ffplay");
    }
}
