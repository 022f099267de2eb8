using System.Globalization;
using System.Text.Json;
using KnSock.Server.Encoding;

namespace KnSock.Server.Sources;

/// <summary>Finds out by ffprobe what a file holds.</summary>
internal sealed class SourceProber(FfmpegTools tools, TimeSpan timeout, ServerClock clock)
{
    /// <summary>An end at which a keyframe can be found. Encoders begin at keyframes, too.</summary>
    private static readonly TimeSpan End = TimeSpan.FromSeconds(2);

    /// <summary>A file without an index is read from its beginning, which may take minutes: such a one is not looked at.</summary>
    private static readonly TimeSpan EndTimeout = TimeSpan.FromSeconds(5);

    /// <summary>Probes a file.</summary>
    /// <exception cref="LiveStreamServerException">The file cannot be served; the message says why.</exception>
    public async Task<MediaSource> ProbeAsync(string path, CancellationToken cancellationToken)
    {
        var fullPath = CheckReadable(path);
        using var deadline = clock.Deadline(timeout, cancellationToken);
        try
        {
            var json = await RunFfprobeAsync(fullPath, deadline.Token);
            var source = ProbeResult.Parse(json, fullPath);
            return await HasEndAsync(source, cancellationToken)
                ? source
                : throw new LiveStreamServerException(string.Create(
                    CultureInfo.InvariantCulture, $"{path}: names {source.Video.Duration.TotalSeconds:0} s of pictures and does not hold the last of them; was it cut off? Copy it again"));
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

    /// <summary>Whether pictures can be read up to the end. A container whose index comes first names all of a file, also if the rest was never copied.</summary>
    private async Task<bool> HasEndAsync(MediaSource source, CancellationToken cancellationToken)
    {
        var end = (source.Video.Duration - End).TotalSeconds;
        string[] arguments =
        [
            "-v", "error", .. InputGuard.Options, "-read_intervals", Math.Max(0, end).ToString("0.###", CultureInfo.InvariantCulture), "-select_streams", "V:0",
            "-of", "csv=p=0", "-show_entries", "packet=pts_time", InputGuard.Url(source.Path),
        ];
        using var deadline = clock.Deadline(EndTimeout, cancellationToken);
        try
        {
            await using var child = ChildProcess.Start(tools.Ffprobe, arguments);
            using var output = new StreamReader(child.Output);
            double? last = null;
            while (await output.ReadLineAsync(deadline.Token) is { } line)
            {
                // A packet without a time of presentation, as AVI has them, can be the last.
                var time = double.TryParse(line.TrimEnd(','), NumberStyles.Float, CultureInfo.InvariantCulture, out var pts) ? pts : double.PositiveInfinity;
                last = Math.Max(time, last ?? time);
            }

            var exitCode = await child.WaitForExitAsync(deadline.Token);
            // Many a film's length is that of its sound, or a guess: only where reading failed is it the file that is short.
            return last is null ? exitCode != 0 : last >= end || child.LastError is null;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return true;
        }
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
