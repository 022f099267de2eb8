using System.Globalization;
using KnSock.Testing.Processes;
using KnSock.Testing.Videos;

namespace KnSock.EndToEnd.Tests;

/// <summary>Encoders that are killed or stopped while viewers watch: others take their place, and nobody sees more of it than a moment that stands still.</summary>
[Collection(nameof(Alone))]
public class EncoderFaultTests
{
    private const int Kills = 3;
    private const double WatchedSeconds = 20;
    private static readonly TimeSpan BetweenKills = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan LongestFreeze = TimeSpan.FromSeconds(3);

    [Fact]
    public async Task Viewers_stay_and_see_no_broken_picture_when_encoders_are_stopped_and_killed()
    {
        await using var server = await TestServer.StartAsync(TestVideos.Detailed);
        await using var ahead = server.StartPlay(WatchedSeconds);
        await using var live = server.StartPlay(WatchedSeconds, "--max-buffer", "0s");
        await WaitUntilAsync(() => Encoders(server).Count > 0, "encoders");

        // Whoever stops one may have it go on 5 s later; by then another has its place.
        var stopped = await SignalAsync(server, "STOP");
        await WaitUntilAsync(() => !Encoders(server).Intersect(stopped).Any(), "the end of those that were stopped");
        for (var kill = 0; kill < Kills; kill++)
        {
            await Task.Delay(BetweenKills, TestContext.Current.CancellationToken);
            await SignalAsync(server, "KILL");
        }

        foreach (var viewer in new[] { ahead, live })
        {
            var figures = await TestServer.FiguresOfAsync(viewer, WatchedSeconds);
            Assert.True(figures.Errors.Count == 0, figures.ToString());
            Assert.True(figures.StallMs <= figures.Stalls * LongestFreeze.TotalMilliseconds, figures.ToString());
            Assert.True(figures.Stalls <= 1 + Kills, figures.ToString());
            Assert.True(figures.FramesPresented > 100, figures.ToString());
        }

        Assert.Contains(server.Process.Error, l => l.Contains("was stopped", StringComparison.Ordinal));
    }

    private static List<int> Encoders(TestServer server) =>
        [.. server.Process.Processes.List().Where(p => Path.GetFileName(p.CommandLine.Split(' ')[0]) == "ffmpeg").Select(p => p.Id)];

    private static async Task<List<int>> SignalAsync(TestServer server, string signal)
    {
        var encoders = Encoders(server);
        if (encoders.Count > 0)
        {
            // Some may have ended by themselves.
            await Command.TryRunAsync("kill", [$"-{signal}", .. encoders.Select(id => id.ToString(CultureInfo.InvariantCulture))]);
        }

        return encoders;
    }

    private static async Task WaitUntilAsync(Func<bool> condition, string what)
    {
        var deadline = Environment.TickCount64 + 30_000;
        while (!condition())
        {
            Assert.True(Environment.TickCount64 < deadline, $"did not come: {what}");
            await Task.Delay(20);
        }
    }
}
