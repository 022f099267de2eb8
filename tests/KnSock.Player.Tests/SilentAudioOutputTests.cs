using KnSock.Testing;

namespace KnSock.Player.Tests;

public sealed class SilentAudioOutputTests
{
    private const int Rate = 48_000;
    private readonly ManualTimeProvider _time = new();

    [Fact]
    public void The_queue_empties_at_the_speed_of_the_clock()
    {
        var output = new SilentAudioOutput(_time);
        output.Configure(Rate, 2);
        Assert.True(output.Paused);
        output.Write(new float[Rate * 2]);
        _time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(TimeSpan.FromSeconds(1), output.Queued);

        output.Paused = false;
        _time.Advance(TimeSpan.FromMilliseconds(300));
        Assert.Equal(700, output.Queued.TotalMilliseconds, 0.05);
        output.Paused = true;
        _time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(700, output.Queued.TotalMilliseconds, 0.05);
        output.Paused = false;
        _time.Advance(TimeSpan.FromMilliseconds(699));
        Assert.Equal(1, output.Queued.TotalMilliseconds, 0.05);
        _time.Advance(TimeSpan.FromSeconds(3));
        Assert.Equal(TimeSpan.Zero, output.Queued);
    }

    [Fact]
    public void Time_without_sound_is_not_made_up_for()
    {
        var output = new SilentAudioOutput(_time);
        output.Configure(Rate, 1);
        output.Paused = false;
        output.Write(new float[1_024]);
        _time.Advance(TimeSpan.FromSeconds(1));
        output.Write(new float[4_800]);
        Assert.Equal(100, output.Queued.TotalMilliseconds, 0.05);
        output.Clear();
        Assert.Equal(TimeSpan.Zero, output.Queued);
    }

    /// <summary>Units of 21.333 ms written in step with the clock for an hour: not a sample is gained or lost.</summary>
    [Fact]
    public void Rounding_never_adds_up()
    {
        var heard = 0L;
        var output = new SilentAudioOutput(_time, sound => heard += sound.Samples.Length);
        output.Configure(Rate, 1);
        output.Write(new float[1_024 * 4]);
        output.Paused = false;
        var unit = new float[1_024];
        const int units = 3_600 * Rate / 1_024;
        for (var i = 1; i <= units; i++)
        {
            _time.Advance(TimeSpan.FromTicks(((long)i * 1_024 * TimeSpan.TicksPerSecond / Rate) - _time.Now.Ticks));
            output.Write(unit);
        }

        Assert.Equal(units * 1_024.0, heard, 2.0);
        Assert.Equal(1_024.0 * 4 / Rate, output.Queued.TotalSeconds, 0.0001);
    }

    /// <summary>Any splitting of the writes, any pauses and any times of looking: what is heard is what was written, each sample at its time.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void What_is_heard_is_what_was_written_at_the_right_time(int seed)
    {
        var random = new Random(seed);
        List<float> heard = [];
        var output = new SilentAudioOutput(_time, sound =>
        {
            var at = _time.GetElapsedTime(0, sound.HeardAt);
            Assert.True(at <= _time.Now + TimeSpan.FromMilliseconds(0.01), $"seed {seed}: heard before its time");
            heard.AddRange(sound.Samples);
        });
        output.Configure(Rate, 1);
        output.Paused = false;
        var written = 0;
        for (var step = 0; step < 3_000; step++)
        {
            switch (random.Next(4))
            {
                case 0 or 1:
                    var samples = Enumerable.Range(written, random.Next(1, 3_000)).Select(n => (float)n).ToArray();
                    written += samples.Length;
                    output.Write(samples);
                    break;
                case 2:
                    output.Paused = random.Next(3) == 0;
                    break;
                default:
                    Assert.InRange(output.Queued, TimeSpan.Zero, TimeSpan.FromSeconds(31));
                    break;
            }

            _time.Advance(TimeSpan.FromMilliseconds(random.NextDouble() * 70));
        }

        output.Paused = false;
        _time.Advance(TimeSpan.FromSeconds(60));
        Assert.Equal(TimeSpan.Zero, output.Queued);
        Assert.Equal(written, heard.Count);
        Assert.Equal(Enumerable.Range(0, written).Select(n => (float)n), heard);
    }

    [Fact]
    public void The_time_at_which_a_sample_is_heard_is_exact()
    {
        List<(TimeSpan At, float First)> heard = [];
        var output = new SilentAudioOutput(_time, sound => heard.Add((_time.GetElapsedTime(0, sound.HeardAt), sound.Samples[0])));
        output.Configure(Rate, 2);
        _time.Advance(TimeSpan.FromMilliseconds(100));
        output.Write([.. Enumerable.Range(0, Rate * 2).Select(n => (float)(n / 2))]);
        output.Paused = false;
        _time.Advance(TimeSpan.FromMilliseconds(50));
        _ = output.Queued;
        _time.Advance(TimeSpan.FromMilliseconds(333));
        _ = output.Queued;
        foreach (var (at, first) in heard)
        {
            Assert.Equal(100 + (first * 1000 / Rate), at.TotalMilliseconds, 0.001);
        }

        Assert.True(heard.Count > 3);
    }
}
