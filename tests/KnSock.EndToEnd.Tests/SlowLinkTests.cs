using System.Diagnostics;
using System.Text.RegularExpressions;
using KnSock.Testing.Network;
using KnSock.Testing.Processes;
using KnSock.Testing.Videos;

namespace KnSock.EndToEnd.Tests;

/// <summary>A viewer behind a slow link gets what fits it, and others do not notice.</summary>
public partial class SlowLinkTests
{
    private const double Limit = 1e6;
    private static readonly TimeSpan DownWithin = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan UpWithin = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Limited = TimeSpan.FromSeconds(10);

    /// <summary>On a real link where network namespaces are allowed, behind a proxy elsewhere.</summary>
    [Fact]
    public async Task Behind_a_link_of_one_megabit() => await (await NetworkNamespace.WhyNotAsync() is null ? BehindCableAsync() : BehindProxyAsync());

    /// <summary>Where every rung lies ready, the first one is not chosen so high that a slow link's viewer has to wait for it.</summary>
    [Fact]
    public async Task Behind_a_slow_link_with_all_rungs_stored()
    {
        using var store = new TemporaryFolder();
        await using (var prepare = KnSockProcess.Start("prepare", await TestVideos.Detailed.GetPathAsync(), "--store", store.Path))
        {
            await prepare.ExpectExitAsync(0, TimeSpan.FromMinutes(2));
        }

        await using var server = await TestServer.StartAsync(new KnSockProcessOptions(), ["--host", "127.0.0.1", "--store", store.Path], TestVideos.Detailed);
        await using var proxy = new ShapingProxy([server.Port, server.Port + 1, server.Port + 10]);
        proxy.SetRate(Limit);
        await using var play = TestServer.StartPlay(new KnSockProcessOptions(), $"{ShapingProxy.Address}:{server.Port}", seconds: 15);

        var figures = await TestServer.FiguresOfAsync(play, 15);
        Assert.True(figures is { Stalls: 0, Errors.Count: 0, JoinMs: < 3000 }, figures.ToString());
    }

    private static async Task BehindCableAsync()
    {
        await using var link = await NetworkNamespace.CreateAsync();
        var onServer = new KnSockProcessOptions { Prefix = link.OnServer };
        await using var server = await TestServer.StartAsync(onServer, [], TestVideos.Detailed);
        await AssertAdaptsAsync(
            server,
            fast: onServer,
            slow: new KnSockProcessOptions { Prefix = link.OnViewer },
            slowHost: NetworkNamespace.ServerAddress,
            rate => link.SetRateAsync(rate));
    }

    private static async Task BehindProxyAsync()
    {
        await using var server = await TestServer.StartAsync(new KnSockProcessOptions(), ["--host", "127.0.0.1"], TestVideos.Detailed);
        await using var proxy = new ShapingProxy([server.Port, server.Port + 1, server.Port + 10]);
        await AssertAdaptsAsync(server, new KnSockProcessOptions(), new KnSockProcessOptions(), $"{ShapingProxy.Address}", rate =>
        {
            proxy.SetRate(rate);
            return Task.CompletedTask;
        });
    }

    private static async Task AssertAdaptsAsync(
        TestServer server, KnSockProcessOptions fast, KnSockProcessOptions slow, string slowHost, Func<double?, Task> setRate)
    {
        var rungs = await RungsAsync(server, fast);
        var top = rungs.MaxBy(r => r.Value).Key;
        Assert.True(rungs[top] > 2 * Limit, $"{top} has {rungs[top]} bit/s; the test needs more");

        await setRate(Limit);
        await using var slowPlay = TestServer.StartPlay(slow, $"{slowHost}:{server.Port}", seconds: null);
        var session = await SessionOfAsync(server, slowPlay);
        var start = Stopwatch.GetTimestamp();
        await using var fastPlay = TestServer.StartPlay(fast, server.Address, seconds: null);
        await WaitForRungAsync(server, session, rung => rungs[rung] <= Limit, DownWithin);
        await Task.Delay(Limited - Stopwatch.GetElapsedTime(start));
        // The token bucket lets a burst through at once, which can pass for a faster link: one step too high is forgiven, if it is taken back.
        var tooHigh = RungsOf(server, session).Skip(1).Count(rung => rungs[rung] > Limit);
        Assert.True(tooHigh <= 1, $"{tooHigh} rungs did not fit the link: {string.Join(' ', RungsOf(server, session))}");

        await setRate(null);
        await WaitForRungAsync(server, session, rung => rung == top, UpWithin);
        await slowPlay.SignalAsync("INT");
        await fastPlay.SignalAsync("INT");
        var slowFigures = await TestServer.FiguresOfAsync(slowPlay, 0);
        var fastFigures = await TestServer.FiguresOfAsync(fastPlay, 0);

        // Two short stalls are forgiven, in the first seconds, before the link is known: the first rung needs nearly all that it carries.
        Assert.True(slowFigures is { Stalls: <= 2, StallMs: < 1500, Errors.Count: 0, FramesPresented: > 250 }, slowFigures.ToString());
        Assert.True(fastFigures is { Stalls: 0, Errors.Count: 0, FramesPresented: > 250 }, fastFigures.ToString());
        Assert.Equal(top, fastFigures.Renditions[^1]);
    }

    private static async Task<Dictionary<string, double>> RungsAsync(TestServer server, KnSockProcessOptions near)
    {
        await using var channels = KnSockProcess.Start(near, "channels", server.Address, "--json");
        await channels.ExpectExitAsync(0, TimeSpan.FromSeconds(15));
        return channels.LastJson[0].GetProperty("renditions").EnumerateArray()
            .ToDictionary(r => r.GetProperty("name").GetString()!, r => r.GetProperty("bitsPerSecond").GetDouble(), StringComparer.Ordinal);
    }

    // The first that plays anything is the slow viewer's: the fast one starts after it.
    private static async Task<string> SessionOfAsync(TestServer server, KnSockProcess play)
    {
        var deadline = Environment.TickCount64 + 20_000;
        while (true)
        {
            if (server.Process.Error.Select(l => Plays().Match(l)).FirstOrDefault(m => m.Success) is { } match)
            {
                return match.Groups["session"].Value;
            }

            Assert.True(Environment.TickCount64 < deadline, $"no viewer came: {string.Join('\n', server.Process.Error.Concat(play.Error))}");
            await Task.Delay(20);
        }
    }

    private static List<string> RungsOf(TestServer server, string session) =>
        [.. server.Process.Error.Select(l => Rung().Match(l)).Where(m => m.Success && m.Groups["session"].Value == session).Select(m => m.Groups["rung"].Value)];

    private static async Task WaitForRungAsync(TestServer server, string session, Func<string, bool> wanted, TimeSpan within)
    {
        var deadline = Environment.TickCount64 + (long)within.TotalMilliseconds;
        while (RungsOf(server, session) is not [.., var last] || !wanted(last))
        {
            Assert.True(Environment.TickCount64 < deadline, $"not within {within}: {string.Join('\n', server.Process.Error)}");
            await Task.Delay(20);
        }
    }

    [GeneratedRegex(@"viewer (?<session>\S+) plays ", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Plays();

    [GeneratedRegex(@"viewer (?<session>\S+): (?<rung>\d+p\S*) \(", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Rung();
}
