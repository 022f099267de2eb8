using KnSock.Testing.Network;
using KnSock.Testing.Processes;
using KnSock.Testing.Videos;

namespace KnSock.EndToEnd.Tests;

/// <summary>kn-sock's own client, as an independent Python program, in front of our server.</summary>
[Collection(nameof(Alone))]
public sealed class LegacyClientTests
{
    private const double Limit = 6e6;

    [Fact]
    public async Task It_plays_ten_seconds()
    {
        await using var server = await TestServer.StartAsync(TestVideos.FlashAndBeep, TestVideos.H264Aac);
        var figures = await PlayInTimeAsync(
            () => LegacyFigures.PlayAsync([], "127.0.0.1", server.Port, 10, "--index", "0"),
            f => f.Frames >= 290 && f.LateSeconds < 1 && f.SoundSeconds is >= 9.8 and <= 10.2 && f.SoundJump < 0.001);

        Assert.Equal(0, figures.Faults);
        Assert.Equal(["1280x720"], figures.Sizes);
        // The flash of each second and its beep have the same time on the wire.
        Assert.InRange(figures.Flashes.Count, 8, 11);
        Assert.All(figures.Flashes.Where(f => figures.Beeps.Any(b => Math.Abs(b - f) < 0.5)), f => Assert.Contains(figures.Beeps, b => Math.Abs(b - f) < 0.04));
        Assert.InRange(figures.Beeps.Count, 8, 11);
    }

    [Fact]
    public async Task Five_of_them_cost_one_encoder()
    {
        await using var server = await TestServer.StartAsync(TestVideos.FlashAndBeep);
        // What is neither low nor high leaves the rung as it is for ten seconds.
        var figures = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ =>
            LegacyFigures.PlayAsync([], "127.0.0.1", server.Port, 4, "--index", "0", "--buffer-level", "0.2")));

        Assert.All(figures, f => Assert.True(f is { Faults: 0, Frames: > 60, SoundSeconds: > 2 }, f.ToString()));
        var started = server.Process.Error.Where(l => l.Contains("encoder started: ", StringComparison.Ordinal)).ToList();
        // One, and another where the loop began anew meanwhile.
        foreach (var kind in (string[])["-jpeg-", " samples "])
        {
            Assert.InRange(started.Count(l => l.Contains(kind, StringComparison.Ordinal)), 1, 2);
        }
    }

    /// <summary>On a real link where network namespaces are allowed, behind a proxy elsewhere.</summary>
    [Fact]
    public async Task Behind_a_slow_link_its_pictures_get_poorer_and_none_is_late()
    {
        if (await NetworkNamespace.WhyNotAsync() is null)
        {
            await using var link = await NetworkNamespace.CreateAsync();
            await using var near = await TestServer.StartAsync(new KnSockProcessOptions { Prefix = link.OnServer }, [], TestVideos.Mandelbrot);
            await link.SetRateAsync(Limit);
            await AssertAdaptsAsync(() => LegacyFigures.PlayAsync(link.OnViewer, NetworkNamespace.ServerAddress, near.Port, 10, "--index", "0"));
            return;
        }

        await using var server = await TestServer.StartAsync(new KnSockProcessOptions(), ["--host", "127.0.0.1"], TestVideos.Mandelbrot);
        await using var proxy = new ShapingProxy([server.Port, server.Port + 1, server.Port + 10]);
        proxy.SetRate(Limit);
        await AssertAdaptsAsync(() => LegacyFigures.PlayAsync([], $"{ShapingProxy.Address}", server.Port, 10, "--index", "0"));
    }

    private static async Task AssertAdaptsAsync(Func<Task<LegacyFigures>> playAsync)
    {
        var figures = await PlayInTimeAsync(playAsync, f => f.LateSeconds < 1 && f.SoundSeconds > 9);
        Assert.Equal(0, figures.Faults);
        var (first, last) = (figures.Seconds[0], figures.Seconds[^1]);
        Assert.True(first.Quality > 55 && last.Quality < 45, figures.ToString());
        Assert.True(last.Bytes < first.Bytes * 0.7, figures.ToString());
    }

    /// <summary>Figures of time are those of the machine, too: another try is given to one that was busy with something else.</summary>
    private static async Task<LegacyFigures> PlayInTimeAsync(Func<Task<LegacyFigures>> playAsync, Func<LegacyFigures, bool> isInTime)
    {
        for (var tries = 3; ; tries--)
        {
            var figures = await playAsync();
            if (isInTime(figures))
            {
                return figures;
            }

            Assert.True(tries > 1, figures.ToString());
        }
    }
}
