using KnSock.Client;

namespace KnSock.Player.Tests;

/// <summary>With SDL's drivers that write to a file or to nowhere, at the speed of a sound card.</summary>
[Collection(VirtualDisplay.Collection)]
public sealed class SdlAudioOutputTests
{
    private const int Rate = 48_000;

    [Fact]
    public async Task A_tone_comes_out_of_the_device_in_order_and_in_time()
    {
        var path = Path.Combine(Path.GetTempPath(), $"knsock-{Guid.NewGuid():N}.raw");
        NativeEnvironment.Set("SDL_AUDIODRIVER", "disk");
        NativeEnvironment.Set("SDL_DISKAUDIOFILE", path);
        try
        {
            var time = TimeProvider.System;
            using (var output = SdlAudioOutput.Open(time))
            {
                output.Configure(Rate, 2);
                Assert.True(output.Paused);
                output.Write(Sine(Rate));
                Assert.InRange(output.Queued.TotalSeconds, 1, 1.05);
                output.Paused = false;
                var start = time.GetTimestamp();
                while (output.Queued > TimeSpan.FromSeconds(0.3))
                {
                    await Task.Delay(10, TestContext.Current.CancellationToken);
                }

                // Not a measure of the device's speed on a busy machine, but of its keeping to one.
                Assert.InRange(time.GetElapsedTime(start).TotalSeconds, 0.6, 1.5);
                output.Paused = true;
                await Task.Delay(100, TestContext.Current.CancellationToken);
                var queued = output.Queued;
                await Task.Delay(100, TestContext.Current.CancellationToken);
                Assert.Equal(queued, output.Queued);
                output.Volume = 0.5;
                output.Paused = false;
                while (output.Queued > TimeSpan.FromSeconds(0.011))
                {
                    await Task.Delay(10, TestContext.Current.CancellationToken);
                }
            }

            AssertHeard(File.ReadAllBytes(path));
        }
        finally
        {
            NativeEnvironment.Set("SDL_AUDIODRIVER", "dummy");
            NativeEnvironment.Set("SDL_DISKAUDIOFILE", null);
            File.Delete(path);
        }
    }

    [Fact]
    public void Clearing_throws_away_what_was_not_heard()
    {
        using var output = SdlAudioOutput.Open(TimeProvider.System);
        output.Configure(Rate, 2);
        output.Write(new float[Rate * 2]);
        var before = output.Queued;
        output.Clear();
        Assert.InRange(output.Queued, TimeSpan.Zero, TimeSpan.FromMilliseconds(20));
        Assert.InRange(before - output.Queued, TimeSpan.FromSeconds(0.99), TimeSpan.FromSeconds(1.01));
    }

    [Fact]
    public void Without_a_sound_card_there_is_one_line_that_says_so()
    {
        NativeEnvironment.Set("SDL_AUDIODRIVER", "alsa");
        NativeEnvironment.Set("AUDIODEV", "no-such-card");
        try
        {
            var e = Assert.Throws<LiveStreamException>(() => SdlAudioOutput.Open(TimeProvider.System));
            Assert.StartsWith("no sound: ", e.Message, StringComparison.Ordinal);
            Assert.DoesNotContain('\n', e.Message);
        }
        finally
        {
            NativeEnvironment.Set("SDL_AUDIODRIVER", "dummy");
            NativeEnvironment.Set("AUDIODEV", null);
        }
    }

    private static float[] Sine(int frames) =>
        [.. Enumerable.Range(0, frames * 2).Select(i => (float)(0.5 * Math.Sin(2 * Math.PI * 1_000 * (i / 2) / Rate)))];

    /// <summary>A second of the tone without the silence around and between; half as loud at its end.</summary>
    private static void AssertHeard(byte[] file)
    {
        var samples = new float[file.Length / sizeof(float)];
        Buffer.BlockCopy(file, 0, samples, 0, samples.Length * sizeof(float));
        var left = samples.Where((_, i) => i % 2 == 0).ToArray();
        var first = Array.FindIndex(left, s => s != 0);
        var begin = left.AsSpan(first, Rate / 2);
        Assert.InRange(Tone.Frequency(begin, Rate), 999, 1001);
        Assert.InRange(Tone.Peak(begin), 0.49, 0.51);
        var last = Array.FindLastIndex(left, s => s != 0);
        Assert.InRange(Tone.Peak(left.AsSpan(last - 4_800, 4_800)), 0.24, 0.26);
        Assert.InRange(left.Count(s => s != 0), Rate * 0.97, Rate);
    }
}
