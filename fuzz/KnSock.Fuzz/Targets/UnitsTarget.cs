using System.Buffers;
using KnSock.Client.Connection;
using KnSock.Client.Playout;
using KnSock.Fuzz.Engine;
using KnSock.Fuzz.Formats;
using KnSock.Media;
using KnSock.Protocol;

namespace KnSock.Fuzz.Targets;

/// <summary>Frames with right checksums that say anything: the client's timelines, jitter buffers and line of sound.</summary>
internal sealed class UnitsTarget : FuzzTarget
{
    private const long MostBytes = 200_000;
    private static readonly TimeSpan MostMedia = TimeSpan.FromSeconds(12);
    private static readonly TimeSpan Turn = TimeSpan.FromSeconds(4);

    /// <summary>What was aligned with a unit 2 s before the end of the line, and a gap of 2 s behind that; with the units themselves.</summary>
    private static readonly TimeSpan MostSound = TimeSpan.FromSeconds(4.1);

    public override string Name => "units";

    public override bool IsStream => true;

    public override int LongestInput => 8192;

    public override IReadOnlyList<byte[]> Words { get; } = [.. Vectors.Hex("frames", "frames")];

    public override IEnumerable<byte[]> Seeds() => [.. Vectors.Hex("streams", "streams"), SampleFrames.Of(seconds: 1)];

    public override byte[] Repair(byte[] input, Random random) => FrameRepair.Of(input, random);

    // The line of sound has room for seconds.
    public override long AllocationLimit(int length) => (8 * 1024 * 1024) + (1024L * length);

    public override bool IsExpected(Exception exception) => exception is ProtocolException;

    public override void Decode(IReadOnlyList<ReadOnlyMemory<byte>> pieces, Digest result)
    {
        var reader = new FrameReader();
        var (picture, sound) = (new Side(TrackKind.Video), new Side(TrackKind.Audio));
        Feeding.All(pieces, (ref ReadOnlySequence<byte> buffer) =>
        {
            if (!reader.TryRead(ref buffer, out var frame))
            {
                return false;
            }

            (frame.Header.Flags.HasFlag(FrameFlags.Audio) ? sound : picture).Take(frame, result);
            return true;
        });
    }

    /// <summary>One track of a client.</summary>
    private sealed class Side(TrackKind track)
    {
        private readonly TrackTimeline _timeline = new(track);
        private readonly JitterBuffer _buffer = new(MostMedia, MostBytes);
        private readonly AudioAssembler _line = new(48_000, 2);
        private readonly float[] _samples = new float[2048];
        private ArrivedUnit? _last;

        public void Take(in Frame frame, Digest result)
        {
            var arrived = _timeline.Accept(frame, Turn);
            if (frame.Header.Kind == FrameKind.Mark && _timeline.Mark is { } mark && mark.Selection != _buffer.Selection)
            {
                _buffer.Begin(mark.Selection);
                _last = null;
            }

            if (arrived is not { } unit)
            {
                return;
            }

            if (_buffer.Add(unit) == JitterOutcome.Full)
            {
                _buffer.DropOlderHalf();
            }

            FuzzException.Unless(_buffer.Bytes <= MostBytes || _buffer.Count == 1, "the buffer holds more bytes than it may");
            FuzzException.Unless(_buffer.Duration <= MostMedia || _buffer.Count == 1, "the buffer holds more media than it may");
            Look(unit.Unit.Pts, result);
            if (unit.Unit.Sequence % 3 != 0)
            {
                Give(result);
            }
        }

        private void Look(Timestamp at, Digest result)
        {
            var (level, behind) = (_buffer.Level(at), _buffer.LevelBehindGap(at));
            FuzzException.Unless(level >= TimeSpan.Zero && behind >= TimeSpan.Zero, "a level is negative");
            result.Add(level.Ticks ^ behind.Ticks);
            result.Add(_buffer.GoesOnAt(at)?.Microseconds ?? 0);
            result.Add((_buffer.Start?.Microseconds ?? 0) ^ (_buffer.NextDue?.Microseconds ?? 0));
        }

        private void Give(Digest result)
        {
            if (!_buffer.TryTake(out var unit))
            {
                return;
            }

            FuzzException.Unless(_last is not { } last || unit.CompareOrder(last) > 0 || unit.Unit.IsKeyframe, "units come out in the wrong order");
            _last = unit;
            result.Add(unit.Unit.Payload.Span);
            if (track == TrackKind.Audio)
            {
                _line.Append(unit.Unit.Pts, unit.Unit.Duration, _samples);
                FuzzException.Unless(_line.Available <= MostSound, "more sound lies ready than can be accounted for");
                _line.Align(unit.Unit.Pts);
                result.Add(_line.Take(_samples));
            }
        }
    }
}
