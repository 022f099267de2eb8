using System.Buffers;
using System.Buffers.Binary;
using KnSock.Media;
using KnSock.Protocol;

namespace KnSock.Fanout;

/// <summary>Some seconds of the frames of one viewer with the time at which each is due, which can be sent over and over.</summary>
/// <param name="Length">Length of one pass.</param>
/// <param name="Bytes">The frames of both tracks by the time at which they are due, sound first.</param>
/// <param name="Due">Of each frame: when, microseconds from the start of a pass, and up to where in <see cref="Bytes"/> it goes.</param>
public sealed record Recording(TimeSpan Length, ReadOnlyMemory<byte> Bytes, IReadOnlyList<(long Due, int End)> Due)
{
    private const int HeadSize = 12;
    private const int EntrySize = 12;

    /// <summary>Cuts the last seconds out of what a viewer received, from a GOP's start to another's.</summary>
    /// <param name="video">Frames of the video connection.</param>
    /// <param name="audio">Frames of the audio connection; empty where the sound came with the picture.</param>
    /// <param name="seconds">The least length.</param>
    /// <returns>Null: that much is not there.</returns>
    public static Recording? TryCut(ReadOnlyMemory<byte> video, ReadOnlyMemory<byte> audio, double seconds)
    {
        var frames = RecordedFrame.ReadAll(video).Concat(RecordedFrame.ReadAll(audio)).ToList();
        var picture = frames.Where(f => f.Track == TrackKind.Video).ToList();
        var sound = frames.Where(f => f.Track == TrackKind.Audio).ToList();
        var starts = picture.Where(f => f.IsGopStart).ToList();
        var soundEnd = sound.Count > 0 ? sound[^1].Start : long.MinValue;
        var last = starts.FindLastIndex(f => f.Start <= soundEnd);
        var first = last < 0 ? -1 : starts.FindLastIndex(last, f => f.Due <= starts[last].Due - (long)(seconds * 1e6));
        if (first < 0)
        {
            return null;
        }

        var (from, length) = (starts[first], starts[last].Due - starts[first].Due);
        var soundFrom = sound.First(f => f.IsUnit && f.Start >= from.Start).Start;
        var kept = Track(picture, TrackKind.Video, f => f.Due >= from.Due && f.Due < from.Due + length)
            .Concat(Track(sound, TrackKind.Audio, f => f.Start >= soundFrom && f.Start < soundFrom + length))
            .OrderBy(f => f.Due).ThenByDescending(f => f.Track);
        return Compose(kept, from.Due, TimeSpan.FromMicroseconds(length));
    }

    /// <summary>Writes it for <see cref="Read"/>.</summary>
    public async Task WriteAsync(string path, CancellationToken cancellationToken)
    {
        var head = new byte[HeadSize + (Due.Count * EntrySize)];
        BinaryPrimitives.WriteInt64LittleEndian(head, (long)Length.TotalMicroseconds);
        BinaryPrimitives.WriteInt32LittleEndian(head.AsSpan(8), Due.Count);
        for (var i = 0; i < Due.Count; i++)
        {
            BinaryPrimitives.WriteInt64LittleEndian(head.AsSpan(HeadSize + (i * EntrySize)), Due[i].Due);
            BinaryPrimitives.WriteInt32LittleEndian(head.AsSpan(HeadSize + (i * EntrySize) + 8), Due[i].End);
        }

        await using var file = File.Create(path);
        await file.WriteAsync(head, cancellationToken);
        await file.WriteAsync(Bytes, cancellationToken);
    }

    /// <summary>Reads what <see cref="WriteAsync"/> wrote.</summary>
    public static Recording Read(string path)
    {
        var bytes = File.ReadAllBytes(path);
        var length = TimeSpan.FromMicroseconds(BinaryPrimitives.ReadInt64LittleEndian(bytes));
        var due = new (long, int)[BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(8))];
        for (var i = 0; i < due.Length; i++)
        {
            var entry = bytes.AsSpan(HeadSize + (i * EntrySize));
            due[i] = (BinaryPrimitives.ReadInt64LittleEndian(entry), BinaryPrimitives.ReadInt32LittleEndian(entry[8..]));
        }

        return new Recording(length, bytes.AsMemory(HeadSize + (due.Length * EntrySize)), due);
    }

    /// <summary>The frames of a track in the window; they begin with a mark and a configuration, and the marks are numbered from there.</summary>
    private static IEnumerable<RecordedFrame> Track(List<RecordedFrame> frames, TrackKind track, Predicate<RecordedFrame> isWithin)
    {
        RecordedFrame? mark = null, configuration = null;
        uint marks = 0;
        foreach (var frame in frames)
        {
            mark = frame.Header.Kind == FrameKind.Mark ? frame : mark;
            configuration = frame.Header.Kind == FrameKind.Configuration ? frame : configuration;
            if (!isWithin(frame))
            {
                continue;
            }

            if (marks == 0)
            {
                if (!frame.IsUnit)
                {
                    continue;
                }

                yield return Numbered(mark!, track, marks++, isFirst: true) with { Due = frame.Due };
                yield return configuration! with { Due = frame.Due };
            }

            yield return frame.Header.Kind == FrameKind.Mark ? Numbered(frame, track, marks++, isFirst: false) : frame;
        }
    }

    private static RecordedFrame Numbered(RecordedFrame frame, TrackKind track, uint sequence, bool isFirst)
    {
        var bytes = new byte[FrameWriter.MarkSize];
        FrameWriter.Mark(bytes, frame.Mark, track, frame.Header.Rendition, sequence, isFirst || frame.Header.Flags.HasFlag(FrameFlags.Discontinuity));
        return frame with { Bytes = bytes };
    }

    private static Recording Compose(IEnumerable<RecordedFrame> frames, long start, TimeSpan length)
    {
        var bytes = new ArrayBufferWriter<byte>();
        var due = new List<(long, int)>();
        foreach (var frame in frames)
        {
            bytes.Write(frame.Bytes.Span);
            due.Add((frame.Due - start, bytes.WrittenCount));
        }

        return new Recording(length, bytes.WrittenMemory, due);
    }
}
