using KnSock.Client.Connection;
using KnSock.Client.Playout;
using KnSock.Client.Tests.Server;
using KnSock.Media;
using KnSock.Protocol;
using KnSock.Protocol.Messages;
using KnSock.Testing;

namespace KnSock.Client.Tests.Playout;

/// <summary>Sound over a wire that flips, cuts, puts in and repeats bytes: the real reader, timeline, buffers, clock and line of sound on virtual time.</summary>
public sealed class DamagedSoundTests
{
    private const int Seconds = 12;
    private const int SamplesASecond = 48_000;

    public static TheoryData<int, double> Damages => new() { { 1, 1e-3 }, { 3, 1e-4 }, { 5, 1e-5 }, { 6, 1e-6 } };

    [Theory]
    [MemberData(nameof(Damages))]
    public void Playout_goes_on_in_step(int seed, double rate)
    {
        var damage = new WireDamage(seed, rate);
        using var viewer = new VirtualViewer(new LiveStreamClientOptions { FromBeginning = true }) { SoundWire = bytes => damage.Pass(bytes) };
        viewer.Run(Seconds * 1000);

        var statistics = viewer.Playback.Statistics;
        Assert.Equal(0, viewer.Decoder.Broken);
        Assert.InRange(statistics.AvSkewP95Ms, 0, 20);
        Assert.Equal(0, statistics.Stalls);
        Assert.Equal(PlayoutState.Playing, viewer.Feedback!.State);
        // Gaps are filled, so that as much is heard as is seen, and the card never runs dry.
        Assert.InRange(statistics.AudioSeconds, Seconds - 1, Seconds);
        Assert.Equal(0, viewer.Audio.Underruns);
        Assert.True(rate < 1e-4 || damage.Count > 1, $"{damage.Count} times");
    }

    /// <summary>
    /// Each unit that comes whole is heard at its own time, to the sample, however much is missing before it; in place of what is missing nothing that was damaged is heard, and no step.
    /// </summary>
    [Theory]
    [MemberData(nameof(Damages))]
    public void What_comes_whole_is_heard_to_the_sample(int seed, double rate)
    {
        var units = new SyntheticChannel(0, "one", seconds: Seconds).Sound;
        var (wire, damage) = (new DamagedWire(), new WireDamage(seed, rate));
        var (buffer, line, heard) = (new JitterBuffer(TimeSpan.FromSeconds(12), 1 << 20), new AudioAssembler(SamplesASecond, 1), new List<float>());
        buffer.Begin(1);
        var (came, take) = (new HashSet<long>(), new float[SamplesASecond * 3]);
        foreach (var unit in units)
        {
            foreach (var arrived in wire.Pass(unit, bytes => damage.Pass(bytes)))
            {
                buffer.Add(arrived);
            }

            while (buffer.TryTake(out var next))
            {
                came.Add(next.Unit.Sequence);
                line.Append(next.Unit.Pts, next.Unit.Duration, [.. Enumerable.Range(0, 1024).Select(i => Wave((next.Unit.Sequence * 1024L) + i))]);
                heard.AddRange(take.AsSpan(0, line.Take(take)));
            }
        }

        // The last unit of a turn is shorter.
        Assert.All(units.SkipLast(1).Where(u => came.Contains(u.Sequence) && (u.Sequence == 0 || came.Contains(u.Sequence - 1))), unit =>
        {
            // The line begins with the first unit that came.
            var at = (int)((unit.Sequence - came.Min()) * 1024);
            Assert.True(Math.Abs(heard[at + 512] - Wave((unit.Sequence * 1024L) + 512)) < 0.1, $"unit {unit.Sequence} is not where it belongs");
        });
        Assert.True(heard.Zip(heard.Skip(1), (a, b) => Math.Abs(a - b)).Max() < 0.75, "there is a step in what is heard");
        Assert.InRange(heard.Count / 1024, came.Count - 1, units.Length);
        Assert.InRange(came.Count, units.Length * (1 - (rate * 1500)), units.Length);
    }

    /// <summary>A tone with a beat, so that no two places close to each other sound alike.</summary>
    private static float Wave(long sample) => (float)(0.4 * Math.Sin(sample * 2 * Math.PI / 437.0) * (1 + (0.2 * Math.Sin(sample / 1900.0))));

    /// <summary>One connection's sound: framed, damaged, found again.</summary>
    internal sealed class DamagedWire
    {
        private readonly FrameReader _reader = new();
        private readonly TrackTimeline _timeline = new(TrackKind.Audio);
        private byte[] _left = [];
        private uint? _selection;

        /// <summary>What arrives when a unit is sent; mark and set-up come whole before the first of a selection.</summary>
        public IEnumerable<ArrivedUnit> Pass(AccessUnit unit, Func<byte[], byte[]> damage, uint selection = 1)
        {
            byte[] head = _selection == selection ? [] : Head(selection);
            _selection = selection;
            return Read([.. _left, .. head, .. damage(FrameWriter.AccessUnit(unit, rendition: 0))]);
        }

        private List<ArrivedUnit> Read(byte[] bytes)
        {
            var (buffer, arrived) = (new System.Buffers.ReadOnlySequence<byte>(bytes), new List<ArrivedUnit>());
            while (_reader.TryRead(ref buffer, out var frame))
            {
                if (_timeline.Accept(frame, TimeSpan.FromSeconds(4)) is { } unit)
                {
                    arrived.Add(unit);
                }
            }

            _left = System.Buffers.BuffersExtensions.ToArray(buffer);
            return arrived;
        }

        private static byte[] Head(uint selection)
        {
            var mark = new byte[FrameWriter.MarkSize];
            FrameWriter.Mark(mark, new Mark { Selection = selection, TurnStart = default, SendTime = default, LiveEdge = default }, TrackKind.Audio, 0, 0, discontinuity: true);
            return [.. mark, .. FrameWriter.Configuration(SyntheticChannel.AudioSetup, 0)];
        }
    }
}
