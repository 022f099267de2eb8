using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using KnSock.Media;
using KnSock.Media.Mp4;
using KnSock.Server.Sources;

namespace KnSock.Server.Encoding;

/// <summary>Encodes renditions of a source by ffmpeg children, each over a range of GOPs.</summary>
internal sealed class RenditionEncoder(FfmpegTools tools, MediaSource source, LoopTimeline timeline, EncoderSettings settings)
{
    /// <summary>Bytes that may be passed over between two units: an mdat as large as any, and its metadata.</summary>
    private const long MostWithoutUnit = Fmp4Reader.MaxMediaData + (2 * Fmp4Reader.MaxMetadata);

    private static readonly TimeSpan BetweenLooks = TimeSpan.FromSeconds(1);

    /// <summary>A child that is found stopped so often, one look after the other, is given up; what is only slow may take as long as the silence allows.</summary>
    private const int LooksAtStopped = 2;

    /// <summary>
    /// The access units, of each rendition in decoding order, with times as positions within the turn, each with the configuration that it
    /// needs. The child lives as long as the enumeration; while nobody takes the next unit, the pipe fills and the child waits.
    /// </summary>
    /// <exception cref="EncoderException">The child ended early, made nothing for too long, or not what it was asked for.</exception>
    public async IAsyncEnumerable<EncodedUnit> EncodeAsync(EncoderRun run, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        CheckSource();
        var started = settings.Time.GetTimestamp();
        await using var child = ChildProcess.Start(tools.Ffmpeg, EncoderArguments.For(source, timeline, run), run.Niceness);
        var output = PipeReader.Create(child.Output, new StreamPipeReaderOptions(bufferSize: 64 * 1024, leaveOpen: true));
        var pacer = run.CpuShare < 1 ? new CpuPacer(run.CpuShare, Environment.ProcessorCount) : null;
        var placers = run.Renditions.Select(r => PlacerFor(r, run)).ToArray();
        var reader = new Fmp4Reader();
        var withoutUnit = 0L;
        while (!placers.All(p => p.IsComplete))
        {
            if (pacer?.RestDue(child.CpuTime, settings.Time.GetElapsedTime(started)) is { } rest && rest > TimeSpan.Zero)
            {
                await Task.Delay(rest, settings.Time, cancellationToken);
            }

            var result = await WithinSilenceAsync(output.ReadAsync, child, cancellationToken);
            var buffer = result.Buffer;
            withoutUnit += buffer.Length;
            while (TryRead(reader, ref buffer, out var sample))
            {
                withoutUnit = 0;
                CheckTracks(reader, run);
                var track = reader.Tracks[sample.Track];
                if (placers[sample.Track].Place(sample, track) is { } unit)
                {
                    // With each unit: what was made of another file may neither be played nor stored as if it were of this one.
                    CheckSource();
                    yield return new EncodedUnit(unit, track.Configuration, sample.Track);
                }
            }

            withoutUnit -= buffer.Length;
            output.AdvanceTo(buffer.Start, buffer.End);
            if (withoutUnit > MostWithoutUnit)
            {
                throw new EncoderException($"ffmpeg wrote {withoutUnit} bytes without a unit in them ({child.LastError ?? "without a word"})");
            }

            if (result.IsCompleted && !placers.All(p => p.IsComplete))
            {
                await WithinSilenceAsync(async token => await child.WaitForExitAsync(token), child, cancellationToken);
                throw new EncoderException($"ffmpeg ended {placers.Max(p => p.Missing)} units early ({child.LastError ?? "without a word"})");
            }
        }
    }

    private IUnitPlacer PlacerFor(Rendition rendition, EncoderRun run) => rendition switch
    {
        VideoRendition { IsPassthrough: true } => new PassthroughPlacer(timeline, source.Passthrough!, run.FirstGop, run.EndGop),
        JpegRendition or PcmRendition => new PlainPlacer(timeline, rendition.Kind, run.FirstGop, run.EndGop),
        _ => new UnitPlacer(timeline, rendition.Kind, run.FirstGop, run.EndGop),
    };

    private void CheckSource()
    {
        if (!settings.IsUnchanged())
        {
            throw new EncoderException($"{DisplayText.Clean(source.FileName)} was changed or removed while it was served; start the server again to serve what is there now");
        }
    }

    private static void CheckTracks(Fmp4Reader reader, EncoderRun run)
    {
        if (reader.Tracks.Count != run.Renditions.Count)
        {
            throw new EncoderException($"ffmpeg wrote {reader.Tracks.Count} tracks where {run.Renditions.Count} were asked for");
        }
    }

    private static bool TryRead(Fmp4Reader reader, ref System.Buffers.ReadOnlySequence<byte> buffer, out Fmp4Sample sample)
    {
        try
        {
            return reader.TryRead(ref buffer, out sample);
        }
        catch (MediaFormatException e)
        {
            throw new EncoderException($"ffmpeg's output could not be read: {e.Message}", e);
        }
    }

    private async Task<T> WithinSilenceAsync<T>(Func<CancellationToken, ValueTask<T>> step, ChildProcess child, CancellationToken cancellationToken)
    {
        using var silence = new Deadline(settings.SilenceTimeout, settings.Time, cancellationToken);
        try
        {
            var running = step(silence.Token);
            return running.IsCompleted ? await running : await UnlessStoppedAsync(running.AsTask(), child, silence.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new EncoderException($"ffmpeg made nothing for {settings.SilenceTimeout.TotalSeconds:0} s ({child.LastError ?? "without a word"})");
        }
    }

    /// <summary>Waits for a child, and looks now and then whether somebody has stopped it: it would be waited for in vain.</summary>
    private async Task<T> UnlessStoppedAsync<T>(Task<T> step, ChildProcess child, CancellationToken cancellationToken)
    {
        for (var stopped = 0; stopped < LooksAtStopped; stopped = child.IsStopped ? stopped + 1 : 0)
        {
            using var look = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            await Task.WhenAny(step, Task.Delay(BetweenLooks, settings.Time, look.Token));
            if (step.IsCompleted || cancellationToken.IsCancellationRequested)
            {
                await look.CancelAsync();
                return await step;
            }
        }

        throw new EncoderException("ffmpeg was stopped (SIGSTOP); another one takes its place");
    }
}

/// <summary>A unit and the set-up of the decoder that it needs.</summary>
/// <param name="Unit">The unit.</param>
/// <param name="Configuration">The set-up.</param>
/// <param name="Rendition">The place of its rendition among those of the run.</param>
internal readonly record struct EncodedUnit(AccessUnit Unit, DecoderConfiguration Configuration, int Rendition = 0);

/// <summary>How encoders are run.</summary>
internal sealed record EncoderSettings
{
    /// <summary>An encoder that makes nothing for this time while it is waited for has hung.</summary>
    public TimeSpan SilenceTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Whether the source is still the file that was probed.</summary>
    public Func<bool> IsUnchanged { get; init; } = () => true;

    public TimeProvider Time { get; init; } = TimeProvider.System;
}
