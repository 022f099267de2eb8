using KnSock.Media;
using KnSock.Testing;

namespace KnSock.Protocol.Tests;

/// <summary>Sound over a wire that flips, cuts, puts in and repeats bytes.</summary>
public class DamagedSoundTests
{
    private const int Units = 1500;

    public static TheoryData<double, int> Rates => new() { { 1e-3, 12 }, { 1e-4, 12 }, { 1e-5, 12 }, { 1e-6, 12 } };

    /// <summary>Whatever comes whole is read, at once and in its place; what does not come whole is never given out. So the reader is back with the first frame behind the damage.</summary>
    [Theory]
    [MemberData(nameof(Rates))]
    public void Every_frame_that_comes_whole_is_read_and_no_other(double rate, int seeds)
    {
        var damaged = 0;
        for (var seed = 0; seed < seeds; seed++)
        {
            var random = new Random(seed);
            var frames = Enumerable.Range(0, Units).Select(i => Sound(random, i)).ToList();
            var damage = new WireDamage(seed, rate);
            var passed = damage.Pass([.. frames.SelectMany(f => f)]);
            // What comes last may be held back in wait for more, so behind it comes silence that is no frame.
            byte[] stream = [.. passed, .. new byte[4096]];
            damaged += damage.Count;

            var read = FrameReading.Read([stream], new FrameReader(), out _);

            Assert.True(Whole(frames, passed).SequenceEqual(read, StringComparer.Ordinal), $"seed {seed}: other frames came out than those that came whole");
        }

        Assert.True(rate < 1e-5 || damaged > 0);
    }

    /// <summary>The frames whose bytes all come, one behind the other; one that was repeated as a whole comes twice.</summary>
    private static IEnumerable<string> Whole(List<byte[]> frames, byte[] passed)
    {
        var byHeader = frames.ToDictionary(f => Convert.ToHexString(f, 0, FrameHeader.Size), StringComparer.Ordinal);
        for (var i = 0; i + FrameHeader.Size <= passed.Length; i++)
        {
            if (passed[i] == 'K' && byHeader.TryGetValue(Convert.ToHexString(passed, i, FrameHeader.Size), out var frame) && passed.AsSpan(i).StartsWith(frame))
            {
                yield return Convert.ToHexStringLower(frame);
                i += frame.Length - 1;
            }
        }
    }

    /// <summary>A unit of sound; some have in them what looks like the start of a frame, or the whole header of one.</summary>
    private static byte[] Sound(Random random, int index)
    {
        var payload = new byte[random.Next(150, 400)];
        random.NextBytes(payload);
        switch (random.Next(6))
        {
            case 0:
                "KNSK\u0001\u0003\u0005"u8.CopyTo(payload.AsSpan(random.Next(payload.Length - 8)));
                break;
            case 1:
                new FrameHeader { Kind = FrameKind.AccessUnit, Flags = FrameFlags.Audio, Length = random.Next(2000), PayloadChecksum = (uint)random.Next() }.Write(payload.AsSpan(random.Next(payload.Length - FrameHeader.Size)));
                break;
            default:
                break;
        }

        var start = Timestamp.FromUnits(index * 1024L, 48_000);
        return FrameWriter.AccessUnit(
            new AccessUnit { Kind = TrackKind.Audio, Sequence = (uint)index, Pts = start, Dts = start, Duration = TimeSpan.FromMicroseconds(21_333), IsKeyframe = true, Payload = payload },
            rendition: 0);
    }
}
