using KnSock.Testing.Processes;
using KnSock.Testing.Videos;

namespace KnSock.EndToEnd.Tests;

/// <summary>A file whose name and title would have a terminal do things: every command shows them as text.</summary>
public class HostileNameTests
{
    private const string Name = "a\u001b[31m[red]b[none]\r\nforged: line\u0007\u202ec.mp4";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task No_command_lets_a_name_act_on_the_terminal()
    {
        using var folder = new TemporaryFolder();
        var (path, store) = (Path.Combine(folder.Path, Name), Path.Combine(folder.Path, "store"));
        await Command.RunAsync("ffmpeg", "-v", "error", "-i", await TestVideos.Short.GetPathAsync(), "-c", "copy", "-metadata", $"title={Name}[/]", $"file:{path}");
        await CheckAsync("prepare", path, "--store", store, "--heights", "240");
        await using (var server = await TestServer.StartAsync(new KnSockProcessOptions(), [path, "--store", store, "--heights", "240", "--log-level", "debug"]))
        {
            await CheckAsync("channels", server.Address);
            await CheckAsync("channels", server.Address, "--json");
            await using var play = server.StartPlay(seconds: null, "--video", Name);
            await WaitUntilAsync(() => server.Process.Error.Any(l => l.Contains(" plays ", StringComparison.Ordinal)));
            await CheckAsync("why", server.Address);
            await CheckAsync("why", server.Address, "--json");
            await play.SignalAsync("INT");
            await play.ExpectExitAsync(0, Patience);
            AssertPlain(play);
            AssertPlain(server.Process);
        }

        await CheckAsync("store", "list", "--store", store);
        await CheckAsync("store", "list", "--store", store, "--json");
        await CheckAsync("store", "verify", "--store", store);
        await CheckAsync("store", "clear", "--store", store, path);
        File.Delete(path);
        await using var missing = KnSockProcess.Start("serve", $"{FreePorts.Find()}", path);
        await missing.ExpectExitAsync(1, Patience);
        AssertPlain(missing);
    }

    private static async Task CheckAsync(params string[] arguments)
    {
        await using var command = KnSockProcess.Start(arguments);
        await command.ExpectExitAsync(0, Patience);
        AssertPlain(command);
    }

    private static void AssertPlain(KnSockProcess process)
    {
        var lines = process.Output.Concat(process.Error).ToList();
        Assert.NotEmpty(lines);
        Assert.All(lines, line =>
        {
            Assert.DoesNotContain(line, c => char.IsControl(c) || c == '\u202e');
            Assert.False(line.StartsWith("forged", StringComparison.Ordinal), line);
        });
    }

    private static async Task WaitUntilAsync(Func<bool> condition)
    {
        var deadline = Environment.TickCount64 + (long)Patience.TotalMilliseconds;
        while (!condition())
        {
            Assert.True(Environment.TickCount64 < deadline, "nobody plays");
            await Task.Delay(20);
        }
    }
}
