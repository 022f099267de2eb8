using KnSock.Player.Sound;

namespace KnSock.Player.Tests;

public sealed class SoundTests
{
    private static readonly TimeSpan Block = TimeSpan.FromMilliseconds(10);

    [Fact]
    public void The_queue_gives_what_it_was_given_and_keeps_its_bound()
    {
        const int capacity = 40_000;
        var random = new Random(7);
        var queue = new SampleQueue(capacity);
        var model = new Queue<float>();
        var next = 0f;
        for (var step = 0; step < 5_000; step++)
        {
            if (random.Next(2) == 0)
            {
                var samples = new float[random.Next(20_000)];
                foreach (ref var sample in samples.AsSpan())
                {
                    sample = next++;
                }

                var taken = queue.Write(samples);
                Assert.Equal(Math.Min(samples.Length, capacity - model.Count), taken);
                Array.ForEach(samples[..taken], model.Enqueue);
            }
            else
            {
                var target = new float[random.Next(20_000)];
                var taken = queue.Read(target);
                Assert.Equal(Math.Min(target.Length, model.Count), taken);
                for (var i = 0; i < taken; i++)
                {
                    Assert.Equal(model.Dequeue(), target[i]);
                }
            }

            Assert.Equal(model.Count, queue.Count);
        }
    }

    [Fact]
    public void A_device_that_has_nothing_plays_a_block_later()
    {
        var latency = new DeviceLatency(Block);
        Assert.Equal(Block, latency.At(TimeSpan.FromSeconds(3)));
        latency.Fetched(TimeSpan.FromSeconds(3), Block);
        Assert.Equal(2 * Block, latency.At(TimeSpan.FromSeconds(3)));
        Assert.Equal(Block, latency.At(TimeSpan.FromSeconds(9)));
    }

    /// <summary>Fetches that are late or early by up to 4 ms, and a device clock 200 ppm off, for ten minutes.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(1.0002)]
    [InlineData(0.9998)]
    public void The_estimate_stays_steady_when_threads_are_late_and_clocks_apart(double speed)
    {
        const int seed = 99;
        var random = new Random(seed);
        var latency = new DeviceLatency(Block);
        for (var i = 1; i < 60_000; i++)
        {
            var due = Block * i * speed;
            latency.Fetched(due + TimeSpan.FromMilliseconds(random.NextDouble() * 4), Block);
            var error = latency.At(due + TimeSpan.FromMilliseconds(4)) - ((2 * Block) - TimeSpan.FromMilliseconds(4));
            Assert.InRange(error.TotalMilliseconds, i > 200 ? 0 : -4, 4);
        }
    }
}
