using KnSock.Client.Playout;
using KnSock.Media;
using static KnSock.Client.Tests.Playout.Units;

namespace KnSock.Client.Tests.Playout;

public sealed class AudioAssemblerTests
{
    private const int Rate = 48_000;
    private readonly AudioAssembler _line = new(Rate, channels: 1);

    [Fact]
    public void Units_in_a_row_are_one_line_over_hours()
    {
        for (var i = 0L; i < 600_000; i++)
        {
            _line.Append(Timestamp.FromUnits(i * 1024, Rate), Unit(1024), Ones(1024));
            Assert.Equal(1024, _line.Take(new float[4096]));
        }

        Assert.Equal(Timestamp.FromUnits(600_000L * 1024, Rate), _line.End);
    }

    [Fact]
    public void A_unit_is_cut_to_its_duration_and_the_next_turn_follows_without_a_seam()
    {
        _line.Append(Ms(0), Unit(1024), Ones(1024));
        _line.Append(Timestamp.FromUnits(1024, Rate), Unit(100), Ones(1024));
        Assert.Equal(Timestamp.FromUnits(1124, Rate), _line.End);
        _line.Append(Timestamp.FromUnits(1124, Rate), Unit(1024), Numbers(1024));

        var all = TakeAll(1124 + 1024);
        Assert.All(all[..1124], s => Assert.Equal(1, s));
        Assert.Equal([0f, 1f, 2f], all[1124..1127]);
    }

    [Fact]
    public void A_short_gap_is_concealed_by_fading_sound()
    {
        _line.Append(Ms(0), Unit(1024), Ones(1024));
        _line.Append(Timestamp.FromUnits(2048, Rate), Unit(1024), Ones(1024));

        var all = TakeAll(3072);
        Assert.InRange(all[1024], 0.99f, 1);
        Assert.InRange(all[1500], 0.4f, 0.7f);
        Assert.InRange(all[2047], 0, 0.01f);
        Assert.InRange(all[2048], 0, 0.1f);
        Assert.Equal(1, all[3000]);
        AssertSmooth(all);
    }

    [Fact]
    public void A_long_gap_is_silence()
    {
        _line.Append(Ms(0), Unit(1024), Ones(1024));
        _line.Append(Timestamp.FromUnits(1024 * 6, Rate), Unit(1024), Ones(1024));

        var all = TakeAll(1024 * 7);
        Assert.All(all[(1024 + 300)..(1024 * 6)], s => Assert.Equal(0, s));
        AssertSmooth(all);
    }

    [Fact]
    public void What_overlaps_is_trimmed()
    {
        _line.Append(Ms(0), Unit(1024), Ones(1024));
        _line.Append(Timestamp.FromUnits(1000, Rate), Unit(1024), Numbers(1024));
        _line.Append(Timestamp.FromUnits(500, Rate), Unit(512), Numbers(512));

        var all = TakeAll(2024);
        Assert.Equal(24, all[1024]);
        Assert.Equal(1023, all[2023]);
    }

    [Fact]
    public void A_jump_begins_a_new_line()
    {
        _line.Append(Ms(0), Unit(1024), Ones(1024));
        _line.Append(Ms(60_000), Unit(1024), Ones(1024));

        Assert.Equal(Ms(60_000), _line.Start);
        Assert.Equal(1024, _line.Take(new float[9999]));
    }

    [Fact]
    public void Aligning_cuts_or_pads_to_the_sample()
    {
        _line.Append(Ms(1000), Unit(4800), Numbers(4800));
        _line.Align(Ms(1010));
        Assert.Equal(Ms(1010), _line.Start);
        _line.Align(Ms(1000));
        Assert.Equal(Ms(1000), _line.Start);

        var all = TakeAll(4800);
        Assert.All(all[..480], s => Assert.Equal(0, s));
        Assert.Equal(480, all[480]);
        _line.Append(Ms(1100), Unit(480), Numbers(480));
        _line.Align(Ms(2000));
        Assert.Equal(TimeSpan.Zero, _line.Available);
    }

    [Fact]
    public void Its_time_is_that_of_the_units_whatever_comes()
    {
        for (var seed = 0; seed < 200; seed++)
        {
            var random = new Random(seed);
            var line = new AudioAssembler(44_100, 2);
            var at = 0L;
            for (var step = 0; step < 200; step++)
            {
                at += random.Next(8) == 0 ? random.Next(-500, 8000) : 1024;
                at = Math.Max(0, at);
                var pts = Timestamp.FromUnits(at, 44_100);
                line.Append(pts, Timestamp.FromUnits(1024, 44_100).SinceZero, new float[2048]);
                Assert.True((line.End - (pts + Timestamp.FromUnits(1024, 44_100).SinceZero)).TotalMilliseconds > -0.03, $"seed {seed}");
                line.Take(new float[random.Next(3000) * 2]);
                Assert.Equal(line.Available.TotalMilliseconds, (line.End - line.Start!.Value).TotalMilliseconds, 0.01);
            }
        }
    }

    private static TimeSpan Unit(int samples) => Timestamp.FromUnits(samples, Rate).SinceZero;

    private static float[] Ones(int count) => [.. Enumerable.Repeat(1f, count)];

    private static float[] Numbers(int count) => [.. Enumerable.Range(0, count).Select(i => (float)i)];

    private static void AssertSmooth(float[] samples)
    {
        for (var i = 1; i < samples.Length; i++)
        {
            Assert.InRange(Math.Abs(samples[i] - samples[i - 1]), 0, 0.02f);
        }
    }

    private float[] TakeAll(int expected)
    {
        var all = new float[expected + 1];
        Assert.Equal(expected, _line.Take(all));
        return all[..expected];
    }
}
