using KnSock.Client.Playout;

namespace KnSock.Player.Tests;

public sealed class AudioDecoderTests
{
    [Theory]
    [InlineData(48_000, 2)]
    [InlineData(44_100, 1)]
    [InlineData(48_000, 6)]
    public void A_tone_keeps_its_frequency_and_loudness(int sampleRate, int channels)
    {
        // ffmpeg's sine has an amplitude of 1/8; mixing it up to more channels may lower it.
        var encoded = Ffmpeg.Audio($"sine=frequency=1000:sample_rate={sampleRate}", 1, $"-ac {channels} -b:a 192k");
        using var decoder = new AudioDecoder();
        decoder.Configure(encoded.Sound);
        var first = Decode(decoder, encoded, channels).Where((_, i) => i % channels == 0).ToArray();

        if (channels == 6)
        {
            // A mono tone goes to the centre.
            first = Decode(decoder, encoded, channels).Where((_, i) => i % channels == 2).ToArray();
        }

        var steady = first.AsSpan(sampleRate / 4, sampleRate / 2);
        Assert.InRange(Tone.Frequency(steady, sampleRate), 995, 1005);
        Assert.InRange(Tone.Peak(steady), 0.08, 0.14);
    }

    [Fact]
    public void Every_unit_gives_1024_samples_at_once()
    {
        var encoded = Ffmpeg.Audio("sine=frequency=440:sample_rate=48000", 1);
        using var decoder = new AudioDecoder();
        decoder.Configure(encoded.Sound);
        var samples = new float[2_048 * 2];
        Assert.All(encoded.Units, unit => Assert.Equal(1_024, decoder.Decode(unit, samples)));
    }

    [Fact]
    public void Another_number_of_channels_or_rate_than_announced_is_refused()
    {
        var encoded = Ffmpeg.Audio("sine=frequency=440:sample_rate=48000", 0.2);
        using var decoder = new AudioDecoder();
        var samples = new float[2_048 * 8];
        foreach (var wrong in new[] { encoded.Sound with { Channels = 1 }, encoded.Sound with { SampleRate = 44_100 } })
        {
            decoder.Configure(wrong);
            Assert.Throws<DecodeException>(() => decoder.Decode(encoded.Units[0], samples));
        }

        Assert.Throws<DecodeException>(() => decoder.Configure(encoded.Sound with { Setup = Array.Empty<byte>() }));
    }

    [Fact]
    public void Damage_is_an_exception_and_never_a_crash()
    {
        const int seed = 4_711;
        var random = new Random(seed);
        var encoded = Ffmpeg.Audio("anoisesrc=sample_rate=48000:seed=1", 1);
        using var decoder = new AudioDecoder();
        decoder.Configure(encoded.Sound);
        var samples = new float[2_048 * 2];
        var refused = 0;
        for (var round = 0; round < 4_000; round++)
        {
            var unit = encoded.Units[random.Next(encoded.Units.Count)];
            try
            {
                var count = decoder.Decode(unit with { Payload = Mutation.Of(unit.Payload.Span, random) }, samples);
                Assert.InRange(count, 0, 2_048);
                Assert.All(samples, sample => Assert.InRange(sample, -1f, 1f));
            }
            catch (DecodeException)
            {
                refused++;
            }
        }

        TestContext.Current.TestOutputHelper!.WriteLine($"seed {seed}: {refused} of 4000 refused");
        Assert.True(refused > 1_000, $"seed {seed}: only {refused} of 4000 damaged units were refused");
    }

    [Fact]
    public void Decoding_goes_on_after_a_damaged_unit()
    {
        var encoded = Ffmpeg.Audio("sine=frequency=440:sample_rate=48000", 0.5);
        using var decoder = new AudioDecoder();
        decoder.Configure(encoded.Sound);
        var samples = new float[2_048 * 2];
        decoder.Decode(encoded.Units[0], samples);
        Assert.Throws<DecodeException>(() => decoder.Decode(encoded.Units[1] with { Payload = new byte[] { 0xff } }, samples));
        Assert.Equal(1_024, decoder.Decode(encoded.Units[2], samples));
    }

    private static float[] Decode(AudioDecoder decoder, Encoded encoded, int channels)
    {
        var samples = new float[2_048 * channels];
        return [.. encoded.Units.SelectMany(unit => samples.AsSpan(0, decoder.Decode(unit, samples) * channels).ToArray())];
    }
}
