using System.Buffers;
using KnSock.Client.Playout;
using KnSock.Media;
using KnSock.Media.Mp4;

namespace KnSock.Client.Recording;

/// <summary>Records what is played to a fragmented MP4 file, without encoding it again.</summary>
/// <remarks>
/// Each unit is written when it is due, so the file holds what was played and no more. A fragment is written each half second; a file that is
/// cut off at any time holds all whole fragments. A change of channel and a seek go on in the same file, from the
/// keyframe at or before the position on.
/// </remarks>
/// <param name="path">The file; replaced if it exists.</param>
public sealed class Mp4RecordingSink(string path) : IMediaSink
{
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan FragmentLength = TimeSpan.FromMilliseconds(500);

    private readonly RecordingTimeline _timeline = new();
    private readonly FaultSummary _faults = new("units could not be recorded");
    private readonly ArrayBufferWriter<byte> _bytes = new(256 * 1024);
    private readonly List<AccessUnit> _pictures = [];
    private readonly List<AccessUnit> _sound = [];
    private readonly Dictionary<TrackKind, QueuedUnit> _next = [];
    private Fmp4Writer? _writer;
    private VideoConfiguration? _video;
    private AudioConfiguration? _audio;

    /// <inheritdoc/>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be written.</exception>
    /// <exception cref="LiveStreamException">What is played is that of a kn-sock server, which such a file cannot hold.</exception>
    public async Task RunAsync(IPlayback playback, CancellationToken cancellationToken)
    {
        await using var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.Read, bufferSize: 0, useAsync: true);
        try
        {
            while (true)
            {
                Collect(playback, TrackKind.Video);
                Collect(playback, TrackKind.Audio);
                if (_pictures.Count > 0 && _pictures[^1].End - _pictures[0].Pts >= FragmentLength)
                {
                    Write(playback);
                    await SaveAsync(file, cancellationToken);
                }

                await Task.Delay(Period, playback.Time, cancellationToken);
            }
        }
        finally
        {
            Write(playback);
            await SaveAsync(file, CancellationToken.None);
        }
    }

    /// <summary>Takes the units of a track that are due.</summary>
    private void Collect(IPlayback playback, TrackKind track)
    {
        var selection = playback.Selection;
        while (_next.Remove(track, out var unit) || playback.TryTake(track, out unit))
        {
            if (unit.Selection == selection && (playback.Position is not { } position || unit.Unit.Dts > position))
            {
                _next[track] = unit;
                return;
            }

            if (unit.Selection == selection)
            {
                Add(unit, playback);
            }
        }
    }

    private void Add(in QueuedUnit unit, IPlayback playback)
    {
        if (unit.Unit.Kind == TrackKind.Video)
        {
            playback.ReportPicture(PictureOutcome.Presented, unit.Unit.Pts);
        }
        else
        {
            playback.ReportAudioPlayed(unit.Unit.Duration);
        }

        if (_timeline.Place(unit) is not { } placed)
        {
            return;
        }

        Use(unit.Configuration, playback);
        (placed.Kind == TrackKind.Video ? _pictures : _sound).Add(placed);
    }

    /// <summary>Takes over the set-up of the units that follow; those before it are written first.</summary>
    private void Use(DecoderConfiguration configuration, IPlayback playback)
    {
        switch (configuration)
        {
            case VideoConfiguration { IsJpeg: true } or AudioConfiguration { IsPcm: true }:
                throw new LiveStreamException("what a kn-sock server sends (JPEG and uncompressed sound) cannot be recorded; play it from a KnSock server");
            case VideoConfiguration video when !ReferenceEquals(video, _video):
                Write(playback);
                _pictures.Clear();
                _video = video;
                Guarded(playback, () => _writer?.ChangeVideo(video));
                break;
            case AudioConfiguration audio:
                _audio ??= audio;
                break;
        }
    }

    private void Write(IPlayback playback)
    {
        if (_writer is null && _video is not null && _audio is not null && _pictures.Count > 0)
        {
            // With B-frames the first picture is decoded before it is presented, and the file's times must not be negative.
            _writer = new Fmp4Writer(_bytes) { AllowsVideoChange = true, Origin = Timestamp.Min(_pictures[0].Dts, Timestamp.Zero) };
            Guarded(playback, () => _writer.WriteInit(_video, _audio));
        }

        if (_writer is null)
        {
            return;
        }

        WriteFragment(TrackKind.Video, _pictures, playback);
        WriteFragment(TrackKind.Audio, _sound, playback);
    }

    private void WriteFragment(TrackKind kind, List<AccessUnit> units, IPlayback playback)
    {
        if (units.Count > 0)
        {
            Guarded(playback, () => _writer!.WriteFragment(kind, units));
            units.Clear();
        }
    }

    private void Guarded(IPlayback playback, Action write)
    {
        try
        {
            write();
        }
        catch (MediaFormatException e)
        {
            if (_faults.Add(e.Message, playback.Time.Elapsed()) is { } sentence)
            {
                playback.ReportError(sentence);
            }
        }
    }

    private async Task SaveAsync(FileStream file, CancellationToken cancellationToken)
    {
        if (_bytes.WrittenCount > 0)
        {
            await file.WriteAsync(_bytes.WrittenMemory, cancellationToken);
            _bytes.Clear();
        }
    }
}
