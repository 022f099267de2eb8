using System.Globalization;
using KnSock.Server.Encoding;

namespace KnSock.Server.Sources;

/// <summary>A still picture of a source, by which people know it.</summary>
internal sealed class PosterFrame(FfmpegTools tools, TimeSpan timeout, ServerClock clock)
{
    private const int Width = 640;

    /// <summary>The first picture of a film is often black.</summary>
    private const double Share = 0.1;

    /// <summary>Pictures of which the most typical one is taken.</summary>
    private const int Choice = 60;

    /// <summary>Makes it as JPEG.</summary>
    /// <exception cref="LiveStreamServerException">ffmpeg cannot.</exception>
    /// <exception cref="OperationCanceledException">It was given up, or took too long.</exception>
    public async Task<byte[]> MakeAsync(MediaSource source, CancellationToken cancellationToken)
    {
        using var deadline = clock.Deadline(timeout, cancellationToken);
        var at = (source.Video.Duration.TotalSeconds * Share).ToString("0.###", CultureInfo.InvariantCulture);
        string[] arguments =
        [
            "-v", "error", "-nostdin", "-ss", at, .. InputGuard.Options, "-i", InputGuard.Url(source.Path), "-an", "-sn", "-dn", "-frames:v", "1",
            "-vf", $"thumbnail={Choice},scale=w='min({Width},trunc(iw*sar/2)*2)':h=-2,setsar=1", "-q:v", "4", "-f", "mjpeg", "pipe:1",
        ];
        await using var child = ChildProcess.Start(tools.Ffmpeg, arguments, niceness: 10);
        using var output = new MemoryStream();
        await child.Output.CopyToAsync(output, deadline.Token);
        await child.WaitForExitAsync(deadline.Token);
        return output.Length > 0 ? output.ToArray() : throw new LiveStreamServerException($"{source.FileName}: no picture could be taken ({child.LastError ?? "no reason given"})");
    }
}
