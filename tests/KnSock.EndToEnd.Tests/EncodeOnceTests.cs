using KnSock.Testing.Network;
using KnSock.Testing.Processes;
using KnSock.Testing.Videos;

namespace KnSock.EndToEnd.Tests;

/// <summary>Only what is watched is encoded, and nothing twice.</summary>
[Collection(nameof(Alone))]
public sealed class EncodeOnceTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly TemporaryFolder _store = new();

    public void Dispose() => _store.Dispose();

    [Fact]
    public async Task A_viewer_of_a_low_rung_has_that_and_the_sound_encoded_and_when_it_leaves_nothing()
    {
        await using var server = await TestServer.StartAsync(
            new KnSockProcessOptions(), ["--host", "127.0.0.1", "--encoding", "fill=none,grace=1s"], TestVideos.Detailed);
        await using var proxy = new ShapingProxy([server.Port, server.Port + 1, server.Port + 10]);
        proxy.SetRate(500_000);
        await using var play = TestServer.StartPlay(new KnSockProcessOptions(), $"{ShapingProxy.Address}:{server.Port}", seconds: null);
        await WaitAsync(() => server.Process.Error.Any(l => l.Contains(": 240p (", StringComparison.Ordinal)), "the lowest rung");

        // The rung that it began with ends when nobody has needed it for the grace time.
        await WaitAsync(() => Pictures(server).All(scale => scale == "scale=426:240"), "only the lowest rung is encoded");
        var started = Started(server).Count;
        await play.SignalAsync("INT");
        await play.ExpectExitAsync(0, Patience);
        Assert.All(Started(server).Skip(started), rung => Assert.True(rung is "240p" or "stereo", rung));

        await WaitAsync(() => server.Process.Processes.Count("ffmpeg") == 0, "no encoder");
    }

    [Fact]
    public async Task What_was_prepared_is_played_by_any_number_without_an_encoder()
    {
        TestVideo[] videos = [TestVideos.H264Aac, TestVideos.Rate25, TestVideos.ShortGops];
        // Interrupted and run again: it goes on.
        await using (var first = await PrepareAsync(videos))
        {
            await WaitAsync(() => Directory.EnumerateFiles(_store.Path, "*.gop", SearchOption.AllDirectories).Skip(5).Any(), "something stored");
            await first.SignalAsync("INT");
            await first.ExpectExitAsync(1, Patience);
        }

        var kept = Directory.GetFiles(_store.Path, "*.gop", SearchOption.AllDirectories).ToDictionary(f => f, File.GetCreationTimeUtc, StringComparer.Ordinal);
        await using (var second = await PrepareAsync(videos))
        {
            await second.ExpectExitAsync(0, TimeSpan.FromSeconds(120));
            Assert.Equal(videos.Length, second.Output.Count(l => l.StartsWith("prepared ", StringComparison.Ordinal)));
        }

        Assert.All(kept, file => Assert.Equal(file.Value, File.GetCreationTimeUtc(file.Key)));

        await using var server = await TestServer.StartAsync(new KnSockProcessOptions(), ["--store", _store.Path, "--encoding", "fill=all"], videos);
        // From the disk, so without a wait for an encoder; a second leaves room for a busy machine.
        var alone = await server.PlayAsync(2);
        Assert.True(alone is { JoinMs: < 1000, Errors.Count: 0 }, alone.ToString());

        using var ending = new CancellationTokenSource();
        var counting = MostEncodersAsync(server, ending.Token);
        // A second of each ends within its first GOPs, the others go over the seam.
        var figures = await Task.WhenAll(Enumerable.Range(0, 10).Select(i => server.PlayAsync(i < 5 ? 3 : 14, "--video", $"{i % videos.Length}")));
        await ending.CancelAsync();

        Assert.Equal(0, await counting);
        Assert.Empty(Started(server));
        Assert.All(figures, f => Assert.True(f is { Errors.Count: 0, FramesPresented: > 60 }, f.ToString()));
    }

    [Fact]
    public async Task Whatever_is_killed_or_damaged_nothing_wrong_is_played()
    {
        var random = new Random(20261122);
        for (var round = 0; round < 3; round++)
        {
            // A quick machine may have stored everything by now, and would need no encoder.
            foreach (var (index, file) in Directory.GetFiles(_store.Path, "*.gop", SearchOption.AllDirectories).Index())
            {
                if (index % 2 == 0)
                {
                    File.Delete(file);
                }
            }

            await using var server = await StartAsync("fill=all,cpu=100%,nice=0");
            await using var play = server.StartPlay(seconds: null);
            await WaitAsync(() => server.Process.Processes.Count("ffmpeg") > 0, "an encoder");
            foreach (var (id, _) in server.Process.Processes.List().Where(p => p.CommandLine.Contains("libx264", StringComparison.Ordinal)))
            {
                await Command.TryRunAsync("kill", ["-KILL", $"{id}"]);
            }

            await Task.Delay(random.Next(200, 2500));
            await server.Process.SignalAsync("KILL");
            await server.Process.Processes.WaitForEndAsync(Patience);
        }

        // What a crash leaves is whole or not there.
        await VerifyAsync([]);
        var files = Directory.GetFiles(_store.Path, "*.gop", SearchOption.AllDirectories).Order(StringComparer.Ordinal).ToArray();
        Assert.NotEmpty(files);
        var hit = random.GetItems(files, Math.Min(8, files.Length / 2)).Distinct(StringComparer.Ordinal).ToArray();
        var damaged = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        foreach (var file in hit)
        {
            damaged[file] = Damage(await File.ReadAllBytesAsync(file), random);
            await File.WriteAllBytesAsync(file, damaged[file]);
        }

        await using (var server = await StartAsync("fill=none"))
        {
            var figures = await server.PlayAsync(14);
            figures.AssertSmooth(14, 14 * 25);
        }

        // What was not played is still there; verify names it, and nothing else.
        await VerifyAsync([.. damaged.Where(d => File.Exists(d.Key) && File.ReadAllBytes(d.Key).SequenceEqual(d.Value)).Select(d => d.Key)]);
        await VerifyAsync([]);
    }

    [Fact]
    public async Task A_file_that_is_replaced_while_it_is_served_ends_its_channel_with_a_reason_and_no_other()
    {
        using var folder = new TemporaryFolder();
        var path = Path.Combine(folder.Path, "film.mp4");
        File.Copy(await TestVideos.Detailed.GetPathAsync(), path);
        await using var server = await TestServer.StartAsync(new KnSockProcessOptions(), [path, "--encoding", "fill=none"], TestVideos.H264Aac);
        await using var play = server.StartPlay(seconds: 30, "--video", "film.mp4");
        await using var other = server.StartPlay(seconds: 10);
        await WaitAsync(() => server.Process.Error.Any(l => l.Contains(": 360p (the first rung)", StringComparison.Ordinal)), "a viewer");

        File.Copy(await TestVideos.ShortGops.GetPathAsync(), path, overwrite: true);
        await play.WaitForExitAsync(Patience);
        var ended = PlayFigures.From(play.LastJson);
        Assert.Contains(ended.Errors, e => e.Contains("was changed or removed", StringComparison.Ordinal));
        var channels = await server.ChannelsAsync();
        Assert.Contains("was changed or removed", channels[1].GetProperty("warnings")[0].GetString(), StringComparison.Ordinal);
        (await TestServer.FiguresOfAsync(other, 10)).AssertSmooth(10, 10 * 25);
    }

    private Task<TestServer> StartAsync(string budget) =>
        TestServer.StartAsync(new KnSockProcessOptions(), ["--store", _store.Path, "--encoding", budget], TestVideos.H264Aac);

    private async Task<KnSockProcess> PrepareAsync(IEnumerable<TestVideo> videos)
    {
        var paths = new List<string>();
        foreach (var video in videos)
        {
            paths.Add(await video.GetPathAsync());
        }

        return KnSockProcess.Start(["prepare", .. paths, "--store", _store.Path]);
    }

    private async Task VerifyAsync(IReadOnlyCollection<string> damaged)
    {
        await using var verify = KnSockProcess.Start("store", "verify", "--store", _store.Path, "--json");
        var code = await verify.WaitForExitAsync(Patience);
        var dropped = verify.LastJson.GetProperty("damaged").EnumerateArray().Select(d => d.GetProperty("file").GetString()!).ToList();
        Assert.True(
            damaged.ToHashSet(StringComparer.Ordinal).SetEquals(dropped), $"dropped {string.Join(' ', dropped)}; damaged were {string.Join(' ', damaged)}");
        Assert.Equal(damaged.Count > 0 ? 1 : 0, code);
    }

    private static byte[] Damage(byte[] bytes, Random random)
    {
        if (random.Next(3) == 0)
        {
            return bytes[..random.Next(bytes.Length)];
        }

        bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
        return bytes;
    }

    private static IReadOnlyList<string> Pictures(TestServer server) =>
    [
        .. server.Process.Processes.List().Where(p => p.CommandLine.Contains("libx264", StringComparison.Ordinal))
            .Select(p => p.CommandLine.Split(' ', ',').First(word => word.StartsWith("scale=", StringComparison.Ordinal)).Split(":flags")[0]),
    ];

    private static List<string> Started(TestServer server) =>
        [.. server.Process.Error.Where(l => l.Contains("encoder started: ", StringComparison.Ordinal)).Select(l => l.Split("encoder started: ")[1].Split(' ')[1])];

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

    private static async Task WaitAsync(Func<bool> condition, string what)
    {
        var deadline = Environment.TickCount64 + (long)Patience.TotalMilliseconds;
        while (!condition())
        {
            Assert.True(Environment.TickCount64 < deadline, $"did not come: {what}");
            await Task.Delay(50);
        }
    }
}
