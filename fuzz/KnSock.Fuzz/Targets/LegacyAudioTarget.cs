using System.Buffers;
using KnSock.Client.Connection.Legacy;
using KnSock.Fuzz.Engine;
using KnSock.Fuzz.Formats;
using KnSock.Media;
using KnSock.Protocol.Legacy;

namespace KnSock.Fuzz.Targets;

/// <summary>The sound of a kn-sock server: its pieces, and the places that they are given on the viewer's timeline.</summary>
internal sealed class LegacyAudioTarget : FuzzTarget
{
    /// <summary>Less than three frames are kept.</summary>
    private const long MostLeft = 3 * LegacyAudioFrame.WholeSize;

    /// <summary>As far as a piece may move the end of what was placed: the most that is taken for missing, and itself.</summary>
    private static readonly TimeSpan LongestStep = TimeSpan.FromSeconds(2.1);
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(20);

    public override string Name => "legacy-audio";

    public override bool IsStream => true;

    public override int LongestInput => 16_384;

    public override IReadOnlyList<byte[]> Words { get; } = ["AUD0"u8.ToArray(), .. Vectors.Hex("legacy", "audioHeaders", "refusedAudioHeaders")];

    public override IEnumerable<byte[]> Seeds() => [.. Vectors.Hex("legacy", "audioStreams", "audioHeaders"), Whole()];

    public override byte[] Repair(byte[] input, Random random) => LegacyRepair.OfSound(input, random);

    // Samples are copied once; what is missing costs nothing.
    public override long AllocationLimit(int length) => (16 * 1024) + (64L * length);

    public override bool IsExpected(Exception exception) => false;

    public override void Decode(IReadOnlyList<ReadOnlyMemory<byte>> pieces, Digest result)
    {
        var (reader, timeline) = (new LegacyAudioReader(), new SoundTimeline());
        var (given, total, now) = (0L, pieces.Sum(p => (long)p.Length), TimeSpan.Zero);
        var left = Feeding.All(pieces, (ref ReadOnlySequence<byte> buffer) =>
        {
            if (!reader.TryRead(ref buffer, out var frame))
            {
                return false;
            }

            FuzzException.Unless(frame.Samples.Length is > 0 and <= LegacyAudioFrame.MaxLength && frame.Samples.Length % LegacyAudioFrame.BytesPerSample == 0, "a piece has no whole samples");
            FuzzException.Unless(frame.Time is >= 0 and <= 1e11, "a time passes for one");
            given += LegacyAudioHeader.Size + frame.Samples.Length;
            result.Add(frame.Samples.ToArray());
            result.Add(BitConverter.DoubleToInt64Bits(frame.Time));
            result.Add(frame.SkippedBytes);
            Place(timeline, frame, now += Interval, result);
            return true;
        });
        FuzzException.Unless(given + reader.SkippedBytes + left.Length <= total, "more comes out than went in");
        FuzzException.Unless(left.Length < MostLeft, "more is held than three frames can have");
        result.Add(reader.SkippedBytes);
        result.Add(reader.Resynchronisations);
        result.Add(reader.Repeated);
    }

    private static void Place(SoundTimeline timeline, LegacyAudioFrame frame, TimeSpan now, Digest result)
    {
        var (end, missing) = (timeline.End, timeline.Missing);
        var unit = timeline.Place(frame, Timestamp.FromTimeSpan(now), now);
        result.Add(timeline.End.Microseconds);
        FuzzException.Unless(timeline.Missing >= missing && timeline.End >= end, "the line of sound goes back");
        if (unit is null)
        {
            return;
        }

        FuzzException.Unless(unit.Duration > TimeSpan.Zero && unit.Pts + unit.Duration == timeline.End && timeline.End > end, "a unit does not end where the line does");
        FuzzException.Unless(timeline.End - Timestamp.Max(end, Timestamp.FromTimeSpan(now)) < LongestStep, "more is taken for missing than can be");
    }

    /// <summary>Pieces as long as they are.</summary>
    private static byte[] Whole()
    {
        var bytes = new byte[3 * LegacyAudioFrame.WholeSize];
        for (var i = 0; i < 3; i++)
        {
            LegacyAudioHeader.Write(bytes.AsSpan(i * LegacyAudioFrame.WholeSize), 1_780_000_000 + (i * 1e-5), LegacyAudioFrame.MaxLength);
        }

        return bytes;
    }
}
