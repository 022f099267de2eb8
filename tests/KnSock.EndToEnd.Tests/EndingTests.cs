using KnSock.Testing.Processes;
using KnSock.Testing.Videos;

namespace KnSock.EndToEnd.Tests;

public class EndingTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(5);

    [Theory]
    [InlineData("TERM")]
    [InlineData("INT")]
    public async Task A_server_that_is_told_to_end_leaves_no_child_and_no_file(string signal)
    {
        var folder = Directory.CreateTempSubdirectory("knsock-test-");
        var options = new KnSockProcessOptions
        {
            Environment = new Dictionary<string, string>(StringComparer.Ordinal) { ["TMPDIR"] = folder.FullName, ["DOTNET_EnableDiagnostics"] = "0" },
        };
        await using var server = await TestServer.StartAsync(options, [], TestVideos.Detailed);
        // With a viewer in the middle of the film, and an encoder at work.
        await using var play = server.StartPlay(seconds: null);
        await WaitUntilAsync(() => server.Process.Processes.Count("ffmpeg") > 0);
        await server.Process.SignalAsync(signal);
        await server.Process.ExpectExitAsync(0, Soon);

        Assert.Empty(folder.EnumerateFileSystemInfos("*", SearchOption.AllDirectories));
        folder.Delete();
    }

    [Fact]
    public async Task The_place_of_a_client_that_is_killed_is_free_at_once()
    {
        await using var server = await TestServer.StartAsync(new KnSockProcessOptions(), ["--max-sessions", "1"], TestVideos.H264Aac);
        await using var first = server.StartPlay(seconds: null);
        await WaitUntilAsync(() => server.Process.Error.Any(l => l.Contains(" plays ", StringComparison.Ordinal)));
        await using var refused = server.StartPlay(seconds: 1);
        Assert.Equal(1, await refused.WaitForExitAsync(TimeSpan.FromSeconds(20)));

        await first.SignalAsync("KILL");
        await first.WaitForExitAsync(Soon);
        var figures = await server.PlayAsync(1);
        Assert.True(figures is { FramesPresented: > 20, Errors.Count: 0 }, figures.ToString());
    }

    [Fact]
    public async Task A_server_that_is_killed_takes_its_encoders_with_it()
    {
        await using var server = await TestServer.StartAsync(TestVideos.Detailed);
        await using var play = server.StartPlay(seconds: null);
        await WaitUntilAsync(() => server.Process.Processes.Count("ffmpeg") > 0);
        await server.Process.SignalAsync("KILL");
        Assert.Empty(await server.Process.Processes.WaitForEndAsync(Soon));
    }

    [Fact]
    public async Task A_viewer_that_is_told_to_end_prints_its_figures()
    {
        await using var server = await TestServer.StartAsync(TestVideos.H264Aac);
        await using var play = server.StartPlay(seconds: null);
        await WaitUntilAsync(() => server.Process.Error.Any(l => l.Contains(" plays ", StringComparison.Ordinal)));
        await Task.Delay(2000, TestContext.Current.CancellationToken);
        await play.SignalAsync("INT");
        var figures = await TestServer.FiguresOfAsync(play, 0);
        Assert.True(figures.FramesPresented > 15, figures.ToString());
    }

    private static async Task WaitUntilAsync(Func<bool> condition)
    {
        var deadline = Environment.TickCount64 + 20_000;
        while (!condition())
        {
            Assert.True(Environment.TickCount64 < deadline, "it did not happen");
            await Task.Delay(20);
        }
    }
}
