using System.Buffers;
using KnSock.Media;
using KnSock.Protocol;

namespace KnSock.Fanout;

/// <summary>A frame as a viewer received it. A mark or configuration has the times of the unit behind it.</summary>
internal sealed record RecordedFrame
{
    /// <summary>Its header.</summary>
    public required FrameHeader Header { get; init; }

    /// <summary>Header and payload.</summary>
    public required ReadOnlyMemory<byte> Bytes { get; init; }

    /// <summary>The last mark before it; of a mark, itself.</summary>
    public required Mark Mark { get; init; }

    /// <summary>Picture or sound.</summary>
    public TrackKind Track => Header.Flags.HasFlag(FrameFlags.Audio) ? TrackKind.Audio : TrackKind.Video;

    /// <summary>When it is decoded, microseconds on the viewer's timeline.</summary>
    public long Due { get; init; }

    /// <summary>When it is presented, microseconds on the viewer's timeline.</summary>
    public long Start { get; init; }

    /// <summary>Whether it is an access unit.</summary>
    public bool IsUnit => Header.Kind == FrameKind.AccessUnit;

    /// <summary>Whether it is a keyframe of the picture behind a mark, which is where GOPs begin.</summary>
    public bool IsGopStart { get; init; }

    /// <summary>All frames of a connection, what lies before them passed over.</summary>
    public static List<RecordedFrame> ReadAll(ReadOnlyMemory<byte> received)
    {
        var frames = new List<RecordedFrame>();
        var marks = new Mark[2];
        var reader = new FrameReader();
        var rest = new ReadOnlySequence<byte>(received);
        while (reader.TryRead(ref rest, out var frame))
        {
            var isSound = frame.Header.Flags.HasFlag(FrameFlags.Audio);
            ref var mark = ref marks[isSound ? 1 : 0];
            if (frame.Header.Kind == FrameKind.Mark)
            {
                mark = Mark.Read(frame.Payload.FirstSpan);
            }

            var size = FrameHeader.Size + frame.Header.Length;
            var bytes = received.Slice(received.Length - (int)rest.Length - size, size);
            frames.Add(new RecordedFrame { Header = frame.Header, Bytes = bytes, Mark = mark });
        }

        Time(frames, TrackKind.Video);
        Time(frames, TrackKind.Audio);
        // At the end there are marks without a unit behind them.
        frames.RemoveAll(f => f.Due == long.MaxValue || f.Header.Kind is not (FrameKind.Mark or FrameKind.Configuration or FrameKind.AccessUnit));
        return frames;
    }

    private static void Time(List<RecordedFrame> frames, TrackKind track)
    {
        RecordedFrame? next = null;
        for (var i = frames.Count - 1; i >= 0; i--)
        {
            var frame = frames[i];
            if (frame.Track != track)
            {
                continue;
            }

            if (frame.IsUnit)
            {
                var turn = frame.Mark.TurnStart.Microseconds;
                var isBehindMark = PreviousOf(frames, i, track)?.IsUnit == false;
                next = frame with
                {
                    Due = turn + frame.Header.Dts.Microseconds,
                    Start = turn + frame.Header.Pts.Microseconds,
                    IsGopStart = track == TrackKind.Video && frame.Header.Flags.HasFlag(FrameFlags.Keyframe) && isBehindMark,
                };
                frames[i] = next;
            }
            else
            {
                frames[i] = frame with { Due = next?.Due ?? long.MaxValue, Start = next?.Start ?? long.MaxValue };
            }
        }
    }

    private static RecordedFrame? PreviousOf(List<RecordedFrame> frames, int index, TrackKind track)
    {
        var previous = frames.FindLastIndex(Math.Max(0, index - 1), f => f.Track == track);
        return previous < 0 || index == 0 ? null : frames[previous];
    }
}
