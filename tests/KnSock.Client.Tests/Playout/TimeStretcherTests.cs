using KnSock.Client.Playout;

namespace KnSock.Client.Tests.Playout;

public sealed class TimeStretcherTests
{
    public static TheoryData<int, double, double> Sines
    {
        get
        {
            var all = new TheoryData<int, double, double>();
            foreach (var rate in (double[])[0.95, 0.99, 1.001, 1.02, 1.05, 1.1])
            {
                all.Add(48_000, 440, rate);
                all.Add(44_100, 1000, rate);
                all.Add(48_000, 95, rate);
                all.Add(44_100, 3000, rate);
            }

            return all;
        }
    }

    [Theory]
    [MemberData(nameof(Sines))]
    public void A_sine_keeps_its_frequency_and_has_no_clicks_in_it(int sampleRate, double frequency, double rate)
    {
        var input = Sound(sampleRate, 10, t => (float)(0.5 * Math.Sin(2 * Math.PI * frequency * t)));
        var output = Stretch(new TimeStretcher(sampleRate, 2), input, rate);

        Assert.InRange(output.Length * rate / input.Length, 0.99, 1.01);
        Assert.InRange(FrequencyOf(output, sampleRate) / frequency, 0.995, 1.005);
        var steepest = 0.5 * 2 * Math.PI * frequency / sampleRate;
        for (var i = 2; i < output.Length; i++)
        {
            Assert.InRange(Math.Abs(output[i] - output[i - 2]), 0, steepest * 1.5);
        }

        // Where it is spliced the two parts are in phase, so it becomes neither louder nor softer.
        for (var i = 0; i + (sampleRate / 20) < output.Length; i += sampleRate / 50)
        {
            Assert.InRange(output.AsSpan(i, sampleRate / 20).ToArray().Max(), 0.45f, 0.51f);
        }
    }

    [Fact]
    public void A_rate_of_one_changes_no_sample()
    {
        var input = Noise(3);
        Assert.Equal(input, Stretch(new TimeStretcher(48_000, 2), input, rate: 1));
    }

    [Theory]
    [InlineData(0.95)]
    [InlineData(1.05)]
    [InlineData(1.1)]
    public void Noise_and_sudden_sounds_are_scaled_too_and_stay_within_what_they_were(double rate)
    {
        var input = Noise(5);
        var clicks = Sound(48_000, 5, t => t % 0.3 < 0.0001 ? 1 : 0);
        foreach (var sound in (float[][])[input, clicks, new float[480_000]])
        {
            var output = Stretch(new TimeStretcher(48_000, 2), sound, rate);
            Assert.InRange(output.Length * rate / sound.Length, 0.99, 1.01);
            Assert.All(output, s => Assert.InRange(s, -1f, 1f));
        }
    }

    [Fact]
    public void Both_channels_stay_together()
    {
        var input = Sound(48_000, 5, t => (float)Math.Sin(2 * Math.PI * 200 * t));
        for (var i = 0; i < input.Length; i += 2)
        {
            input[i + 1] *= -0.5f;
        }

        var output = Stretch(new TimeStretcher(48_000, 2), input, rate: 1.05);
        for (var i = 0; i < output.Length; i += 2)
        {
            Assert.Equal(output[i] * -0.5f, output[i + 1], 1e-4f);
        }
    }

    /// <summary>The place of each sample given out follows from what was put in, what waits and what was left out, whatever the sizes and rates are.</summary>
    [Fact]
    public void It_tells_which_sample_is_heard_within_the_fade_and_stays_near_where_the_rate_wants_it()
    {
        for (var seed = 0; seed < 30; seed++)
        {
            var random = new Random(seed);
            var stretcher = new TimeStretcher(48_000, 1);
            var (put, given, ideal, rate) = (0, 0, 0.0, 1.0);
            var places = new List<double>();
            for (var step = 0; step < 3000; step++)
            {
                rate = random.Next(100) == 0 ? 0.95 + (0.15 * random.NextDouble()) : rate;
                var wanted = random.Next(1, 500);
                var needed = stretcher.Needed(wanted, rate);
                // A ramp with a little of a tone: the value of a sample is its number.
                stretcher.Put([.. Enumerable.Range(put, needed).Select(n => (float)n)]);
                put += needed;
                var samples = new float[wanted];
                Assert.Equal(wanted, stretcher.Take(samples, rate));
                given += wanted;
                ideal += wanted * rate;
                places.AddRange(samples.Select(s => (double)s));
                Assert.InRange(put - stretcher.Waiting - ideal, -0.016 * 48_000, 0.016 * 48_000);

                var queued = random.Next(1, Math.Min(given, 6000) + 1);
                var heard = put - stretcher.Waiting - queued - stretcher.LeftOutWithin(queued);
                Assert.True(Math.Abs(places[given - queued] - heard) <= 700, $"seed {seed}: {places[given - queued]} is heard, not {heard}");
            }
        }
    }

    /// <summary>Stretches in blocks of any size, with as much input as it asks for.</summary>
    private static float[] Stretch(TimeStretcher stretcher, float[] input, double rate)
    {
        var (random, output, put) = (new Random(7), new List<float>(), 0);
        while (true)
        {
            var wanted = random.Next(1, 1000);
            var needed = Math.Min(stretcher.Needed(wanted, rate) * 2, input.Length - put);
            stretcher.Put(input.AsSpan(put, needed));
            put += needed;
            var block = new float[wanted * 2];
            var count = stretcher.Take(block, rate);
            if (count == 0)
            {
                return [.. output];
            }

            output.AddRange(block.AsSpan(0, count));
        }
    }

    private static float[] Sound(int sampleRate, int seconds, Func<double, float> at) =>
        [.. Enumerable.Range(0, sampleRate * seconds).SelectMany(i => Enumerable.Repeat(at((double)i / sampleRate), 2))];

    private static float[] Noise(int seconds)
    {
        var random = new Random(5);
        return [.. Enumerable.Range(0, 48_000 * seconds * 2).Select(_ => (random.NextSingle() * 2) - 1)];
    }

    /// <summary>From the zeros that it passes upwards, each placed between two samples.</summary>
    private static double FrequencyOf(float[] samples, int sampleRate)
    {
        var zeros = new List<double>();
        for (var i = 2; i < samples.Length; i += 2)
        {
            if (samples[i - 2] < 0 && samples[i] >= 0)
            {
                zeros.Add((i / 2) - (samples[i] / (samples[i] - samples[i - 2])));
            }
        }

        return (zeros.Count - 1) * sampleRate / (zeros[^1] - zeros[0]);
    }
}
