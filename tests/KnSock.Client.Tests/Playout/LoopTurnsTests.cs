using System.Buffers;
using KnSock.Client.Connection;
using KnSock.Client.Playout;
using KnSock.Client.Tests.Server;
using KnSock.Media;
using KnSock.Protocol;

namespace KnSock.Client.Tests.Playout;

/// <summary>More than a thousand turns of a loop from the frames to what is decoded and heard: nothing is lost, doubled or shifted, and no error adds up.</summary>
public sealed class LoopTurnsTests
{
    private const int Turns = 1_200;
    private const int Samples = 1024;
    private const int Rate = 48_000;

    public static TheoryData<int, int, int> Loops => new()
    {
        { 30_000, 1001, 149 },
        { 30_000, 1001, 31 },
        { 30, 1, 32 },
        { 25, 1, 25 },
        { 60, 1, 61 },
        { 24_000, 1001, 24 },
        { 60_000, 1001, 62 },
        // Turns that are any fraction of a sample, the last two a hair more and less than whole units.
        { 29, 1, 33 },
        { 2997, 125, 23 },
        { 100_000, 2133, 4 },
        { 100_000, 2134, 4 },
    };

    [Theory]
    [MemberData(nameof(Loops))]
    public void Sound_is_one_line_without_a_gap_or_a_drift(int numerator, int denominator, int frames)
    {
        var rate = new FrameRate(numerator, denominator);
        var length = (double)frames * denominator * Rate / numerator;
        var (line, buffer) = (new AudioAssembler(Rate, channels: 1), new JitterBuffer(TimeSpan.FromSeconds(8), 1 << 20));
        var (taken, next, out_) = (0L, 0f, new float[2 * Samples]);
        var first = (int)(length / Samples / 3);
        var numbers = Enumerable.Range(0, (int)length + Samples).Select(i => (float)i).ToArray();
        foreach (var (turn, unit) in Arrive(TrackKind.Audio, rate, frames, first, buffer))
        {
            line.Append(unit.Unit.Pts, unit.Unit.Duration, numbers.AsSpan((int)unit.Unit.Sequence * Samples, Samples));
            var count = line.Take(out_);
            for (var i = 0; i < count; i++)
            {
                // Each sample is the next of its turn; at a seam there is one more or less as the exact place of the next turn asks for.
                if (out_[i] != next && (taken > 0 || i > 0) && (out_[i] > 1 || Math.Abs(next - length) > 1))
                {
                    Assert.Fail($"turn {turn}: sample {out_[i]} where {next} is due");
                }

                next = out_[i] + 1;
            }

            taken += count;
        }

        Assert.Equal((Turns * length) - ((double)first * Samples), taken, 1.0);
    }

    [Theory]
    [MemberData(nameof(Loops))]
    public void Pictures_come_out_in_decoding_order_also_where_the_rung_changes_at_a_seam(int numerator, int denominator, int frames)
    {
        var rate = new FrameRate(numerator, denominator);
        var buffer = new JitterBuffer(TimeSpan.FromSeconds(8), 1 << 20);
        var (count, dts, rungs) = (0L, (Timestamp?)null, new HashSet<int>());
        foreach (var (_, unit) in Arrive(TrackKind.Video, rate, frames, first: 0, buffer))
        {
            Assert.InRange((unit.Unit.Pts - rate.StartOf(count)).TotalMicroseconds, -1, 1);
            Assert.True(!(unit.Unit.Dts <= dts) && unit.Discontinuity == (count == 0));
            (count, dts) = (count + 1, unit.Unit.Dts);
            rungs.Add(unit.Rendition);
        }

        Assert.Equal((long)Turns * frames, count);
        Assert.Equal((0L, 0L, 2), (buffer.Missing, buffer.Undecodable, rungs.Count));
    }

    /// <summary>The frames of all turns, each turn with its marks, through the timeline of the track and its buffer.</summary>
    private static IEnumerable<(int Turn, ArrivedUnit Unit)> Arrive(TrackKind kind, FrameRate rate, int frames, int first, JitterBuffer buffer)
    {
        var (timeline, reader, turnLength) = (new TrackTimeline(kind), new FrameReader(), rate.StartOf(frames).SinceZero);
        var units = UnitsOf(kind, rate, frames);
        buffer.Begin(1);
        foreach (var turn in Enumerable.Range(0, Turns))
        {
            // In every second turn another rung from its start on, in every third from its last GOP on.
            var rung = kind == TrackKind.Video ? (turn / 2) & 1 : 0;
            foreach (var unit in units.Skip(turn == 0 ? first : 0))
            {
                if (kind == TrackKind.Video && turn % 3 == 0 && unit.IsKeyframe && unit.Sequence + 30 >= frames)
                {
                    rung ^= 1;
                }

                if (unit.IsKeyframe && (unit.Sequence % 30 == 0 || (turn == 0 && unit.Sequence == first)))
                {
                    var mark = new byte[FrameWriter.MarkSize];
                    FrameWriter.Mark(
                        mark, new Mark { Selection = 1, TurnStart = rate.StartOf((long)turn * frames), SendTime = default, LiveEdge = default }, kind, rung, 0, turn == 0 && unit.Sequence == first);
                    Accept(mark);
                    Accept(FrameWriter.Configuration(kind == TrackKind.Video ? SyntheticChannel.VideoSetup(rung) : SyntheticChannel.AudioSetup, rung));
                }

                Assert.Equal(JitterOutcome.Accepted, buffer.Add(Accept(FrameWriter.AccessUnit(unit, rung))!.Value));
                Assert.True(buffer.TryTake(out var taken));
                yield return (turn, taken);
            }
        }

        ArrivedUnit? Accept(byte[] bytes)
        {
            var sequence = new ReadOnlySequence<byte>(bytes);
            Assert.True(reader.TryRead(ref sequence, out var frame));
            return timeline.Accept(frame, turnLength);
        }
    }

    private static AccessUnit[] UnitsOf(TrackKind kind, FrameRate rate, int frames)
    {
        var end = rate.StartOf(frames);
        var count = kind == TrackKind.Video ? frames : (int)Math.Ceiling(frames / rate.PerSecond * Rate / Samples);
        return [.. Enumerable.Range(0, count).Select(i => new AccessUnit
        {
            Kind = kind,
            Sequence = (uint)i,
            Pts = Start(i),
            Dts = Start(i - (kind == TrackKind.Video ? 2 : 0)),
            Duration = Timestamp.Min(Start(i + 1), end) - Start(i),
            IsKeyframe = kind == TrackKind.Audio || i % 30 == 0,
            Payload = new byte[4],
        })];
        Timestamp Start(int unit) => kind == TrackKind.Video ? rate.StartOf(unit) : Timestamp.FromUnits((long)unit * Samples, Rate);
    }
}
