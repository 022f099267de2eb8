using KnSock.Testing.Videos;

namespace KnSock.EndToEnd.Tests;

[Collection(nameof(Alone))]
public class FanOutTests
{
    /// <summary>More than there are tracks. Each is a process that compiles its code while the encoders begin, all on two cores, so there are no more than that takes.</summary>
    private const int Clients = 12;

    private const int Seconds = 8;

    [Fact]
    public async Task Encoders_are_as_many_as_rungs_are_watched_however_many_watch()
    {
        TestVideo[] videos = [TestVideos.H264Aac, TestVideos.Rate25, TestVideos.Mono44100];
        await using var server = await TestServer.StartAsync(videos);
        // Each channel has some rungs of picture and one sound.
        var rungs = (await server.ChannelsAsync()).Sum(c => c.GetProperty("renditions").GetArrayLength() + 1);
        Assert.True(rungs < Clients, $"{rungs} rungs do not tell clients, of whom each has a picture and a sound, from rungs");

        using var ending = new CancellationTokenSource();
        var counting = MostEncodersAsync(server, ending.Token);
        var plays = Enumerable.Range(0, Clients).Select(i => server.PlayAsync(Seconds, "--video", $"{i % videos.Length}")).ToList();
        var figures = await Task.WhenAll(plays);
        await ending.CancelAsync();

        // Where the loop ends, a track's next run has begun when the last one is at its end.
        Assert.InRange(await counting, 1, 2 * rungs);
        Assert.All(figures, f => Assert.True(f is { Errors.Count: 0, FramesPresented: > Seconds * 5 }, f.ToString()));
    }

    private static async Task<int> MostEncodersAsync(TestServer server, CancellationToken cancellationToken)
    {
        var most = 0;
        while (!cancellationToken.IsCancellationRequested)
        {
            most = Math.Max(most, server.Process.Processes.Count("ffmpeg"));
            await Task.Delay(50, CancellationToken.None);
        }

        return most;
    }
}
