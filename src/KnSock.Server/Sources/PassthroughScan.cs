using KnSock.Server.Encoding;

namespace KnSock.Server.Sources;

/// <summary>Finds out whether a source's picture can be sent as it is, and says why where not.</summary>
/// <remarks>
/// ffmpeg reads the whole file for that, at the speed of the disk. Most files that cannot be passed through show so within their first seconds.
/// </remarks>
internal sealed class PassthroughScan(FfmpegTools tools, TimeSpan timeout, ServerClock clock, LadderOptions options)
{
    /// <summary>The source with what was found.</summary>
    public async Task<MediaSource> ExamineAsync(MediaSource source, CancellationToken cancellationToken)
    {
        if (PassthroughRule.RefusalOf(source, options) is { } known)
        {
            return source with { PassthroughRefusal = known };
        }

        using var deadline = clock.Deadline(timeout, cancellationToken);
        try
        {
            var (found, refusal) = await SurveyAsync(source, deadline.Token);
            refusal ??= PassthroughRule.RefusalOfRate(found!.BitsPerSecond);
            return source with { Passthrough = refusal is null ? found : null, PassthroughRefusal = refusal };
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return source with { PassthroughRefusal = $"its packets could not all be read within {timeout.TotalSeconds:0} s" };
        }
    }

    private async Task<(Passthrough? Found, string? Refusal)> SurveyAsync(MediaSource source, CancellationToken cancellationToken)
    {
        await using var child = ChildProcess.Start(tools.Ffmpeg, Arguments(source.Path));
        using var output = new StreamReader(child.Output);
        var packets = new PacketLines();
        var survey = new PacketSurvey(source.Video.FrameRate);
        while (await output.ReadLineAsync(cancellationToken) is { } line)
        {
            var packet = packets.Read(line);
            if ((packets.Refusal ?? (packet is { } whole ? survey.Add(whole) : null)) is { } refusal)
            {
                return (null, refusal);
            }
        }

        if (await child.WaitForExitAsync(cancellationToken) != 0)
        {
            return (null, $"its packets could not be read ({child.LastError ?? "without a word"})");
        }

        return packets.End() is { } last && survey.Add(last) is { } late ? (null, late) : survey.Complete();
    }

    /// <summary>
    /// The picture three times: whole, with nothing but IDR slices, and with nothing but parameter sets. Packets of which nothing is left are not
    /// written, so the second and third name the packets that hold such.
    /// </summary>
    private static string[] Arguments(string path) =>
    [
        "-hide_banner", "-nostdin", "-v", "error", "-copyts", "-start_at_zero", .. InputGuard.Options, "-i", InputGuard.Url(path),
        "-map", "0:V:0", "-map", "0:V:0", "-map", "0:V:0", "-c", "copy",
        "-bsf:v:1", "filter_units=pass_types=5", "-bsf:v:2", "filter_units=pass_types=7-8|13",
        // Lines in the order of the packets, without waiting for the next keyframe.
        "-max_interleave_delta", "1", "-f", "framecrc", "pipe:1",
    ];
}
