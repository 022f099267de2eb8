using System.Text.Json;
using KnSock.Testing.Network;
using KnSock.Testing.Processes;
using KnSock.Testing.Videos;

namespace KnSock.EndToEnd.Tests;

/// <summary>Whoever runs a server can ask why a viewer gets what it gets, and take each decision again.</summary>
public class WhyTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Decisions_are_told_as_they_are_taken_and_come_out_the_same_again()
    {
        using var folder = new TemporaryFolder();
        var log = Path.Combine(folder.Path, "log.jsonl");
        var told = Path.Combine(folder.Path, "why.jsonl");
        await using (var server = await TestServer.StartAsync(new KnSockProcessOptions(), ["--host", "127.0.0.1", "--decision-log", log], TestVideos.Detailed))
        {
            await using var proxy = new ShapingProxy([server.Port, server.Port + 1, server.Port + 10]);
            await using var following = KnSockProcess.Start("why", server.Address, "--follow", "--json");
            await using var reading = KnSockProcess.Start("why", server.Address, "--follow");
            await using var play = TestServer.StartPlay(new KnSockProcessOptions(), $"{ShapingProxy.Address}:{server.Port}", seconds: null);
            await UntilAsync(following, f => Changes(f.Output).Any(c => c.To > c.From), server);
            proxy.SetRate(700_000);
            await UntilAsync(following, f => Changes(f.Output).Any(c => c.To < c.From), server);

            // The newest of all, and how things stand.
            await using var asking = KnSockProcess.Start("why", server.Address, "--json");
            await asking.ExpectExitAsync(0, Patience);
            Assert.True(JsonDocument.Parse(asking.Output[^1]).RootElement.GetProperty("present").GetBoolean());
            Assert.True(Changes(asking.Output).Count >= 2);
            await using var unknown = KnSockProcess.Start("why", server.Address, "--session", "v99");
            await unknown.ExpectExitAsync(1, Patience);
            Assert.Contains("there is no viewer session of that name; ask without a name to see all", Assert.Single(unknown.Error), StringComparison.Ordinal);

            await following.SignalAsync("INT");
            await following.ExpectExitAsync(0, Patience);
            await reading.SignalAsync("INT");
            await reading.ExpectExitAsync(0, Patience);
            Assert.Contains(reading.Output, l => l.Contains(" -> ", StringComparison.Ordinal));
            Assert.Empty(following.Error);
            await File.WriteAllLinesAsync(told, [.. following.Output, .. asking.Output], TestContext.Current.CancellationToken);
            await play.SignalAsync("INT");
            await play.ExpectExitAsync(0, Patience);
            await server.Process.SignalAsync("INT");
            await server.Process.ExpectExitAsync(0, Patience);
        }

        await AssertReplaysAsync(told);
        await AssertReplaysAsync(log);
    }

    private static async Task AssertReplaysAsync(string path)
    {
        await using var replay = KnSockProcess.Start("simulate", "--replay", path);
        await replay.ExpectExitAsync(0, Patience);
        Assert.Equal($"{File.ReadLines(path).Count()} decisions, all the same", Assert.Single(replay.Output));
    }

    private static async Task UntilAsync(KnSockProcess process, Func<KnSockProcess, bool> condition, TestServer server)
    {
        var deadline = Environment.TickCount64 + (long)Patience.TotalMilliseconds;
        while (!condition(process))
        {
            Assert.True(Environment.TickCount64 < deadline, string.Join('\n', process.Output.Select(l => l[..Math.Min(300, l.Length)]).Concat(process.Error).Concat(server.Process.Error)));
            await Task.Delay(50);
        }
    }

    private static List<(int From, int To)> Changes(IEnumerable<string> lines) =>
        [.. lines.Select(l => JsonDocument.Parse(l).RootElement.GetProperty("decision")).Select(d => (d.GetProperty("previous").GetInt32(), d.GetProperty("rung").GetInt32())).Where(c => c.Item1 != c.Item2)];
}
