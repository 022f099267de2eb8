using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using KnSock.Media;
using KnSock.Media.Mp4;
using KnSock.Server.Sources;

namespace KnSock.Server.Encoding;

/// <summary>Encodes one rendition of a source by an ffmpeg child, from a GOP on to the end of the turn.</summary>
internal sealed class RenditionEncoder(FfmpegTools tools, MediaSource source, LoopTimeline timeline, Rendition rendition, EncoderSettings settings)
{
    /// <summary>Bytes that may be passed over between two units: an mdat as large as any, and its metadata.</summary>
    private const long MostWithoutUnit = Fmp4Reader.MaxMediaData + (2 * Fmp4Reader.MaxMetadata);

    /// <summary>
    /// The access units in decoding order, with times as positions within the turn, each with the configuration that it needs. The child
    /// lives as long as the enumeration; while nobody takes the next unit, the pipe fills and the child waits.
    /// </summary>
    /// <exception cref="EncoderException">The child ended early, made nothing for too long, or not what it was asked for.</exception>
    public async IAsyncEnumerable<EncodedUnit> EncodeAsync(int firstGop, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var child = ChildProcess.Start(tools.Ffmpeg, Arguments(firstGop));
        var output = PipeReader.Create(child.Output, new StreamPipeReaderOptions(bufferSize: 64 * 1024, leaveOpen: true));
        var placer = new UnitPlacer(timeline, rendition.Kind, firstGop);
        var reader = new Fmp4Reader();
        var withoutUnit = 0L;
        while (!placer.IsComplete)
        {
            var result = await WithinSilenceAsync(output.ReadAsync, child, cancellationToken);
            var buffer = result.Buffer;
            withoutUnit += buffer.Length;
            while (!placer.IsComplete && TryRead(reader, ref buffer, out var sample))
            {
                withoutUnit = 0;
                if (placer.Place(sample, reader.Timescale) is { } unit)
                {
                    yield return new EncodedUnit(unit, reader.Configuration!);
                }
            }

            withoutUnit -= buffer.Length;
            output.AdvanceTo(buffer.Start, buffer.End);
            if (withoutUnit > MostWithoutUnit)
            {
                throw new EncoderException($"ffmpeg wrote {withoutUnit} bytes without a unit in them ({child.LastError ?? "without a word"})");
            }

            if (result.IsCompleted && !placer.IsComplete)
            {
                await WithinSilenceAsync(async token => await child.WaitForExitAsync(token), child, cancellationToken);
                throw new EncoderException($"ffmpeg ended {placer.Missing} units early ({child.LastError ?? "without a word"})");
            }
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
            return await step(silence.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new EncoderException($"ffmpeg made nothing for {settings.SilenceTimeout.TotalSeconds:0} s ({child.LastError ?? "without a word"})");
        }
    }

    private IReadOnlyList<string> Arguments(int firstGop) => rendition switch
    {
        VideoRendition video => EncoderArguments.Video(source, timeline, video, firstGop, settings.Preset),
        AudioRendition audio => EncoderArguments.Audio(source, timeline, audio, firstGop),
        _ => throw new InvalidOperationException("a rendition is picture or sound"),
    };
}

/// <summary>A unit and the set-up of the decoder that it needs.</summary>
internal readonly record struct EncodedUnit(AccessUnit Unit, DecoderConfiguration Configuration);

/// <summary>How encoders are run.</summary>
internal sealed record EncoderSettings
{
    /// <summary>x264's preset.</summary>
    public string Preset { get; init; } = "veryfast";

    /// <summary>An encoder that makes nothing for this time while it is waited for has hung.</summary>
    public TimeSpan SilenceTimeout { get; init; } = TimeSpan.FromSeconds(10);

    public TimeProvider Time { get; init; } = TimeProvider.System;
}
