using System.Text.Json;
using KnSock.Testing.Processes;
using KnSock.Testing.Videos;

namespace KnSock.EndToEnd.Tests;

/// <summary>A store on a disk that is full: play goes on, people are told, and it recovers by itself.</summary>
[Collection(nameof(Alone))]
public class FullDiskTests
{
    private const int DiskMegabytes = 50;

    [Fact]
    public async Task A_full_disk_of_fifty_megabytes_never_stops_play()
    {
        using var folder = new TemporaryFolder();
        await MountAsync(folder.Path);
        try
        {
            await PlayOnAsync(folder.Path);
        }
        finally
        {
            await Command.RunAsync("umount", folder.Path);
        }
    }

    private static async Task PlayOnAsync(string disk)
    {
        // All rungs of this take more than is left beside the ballast; the limit is far off.
        var ballast = Path.Combine(disk, "ballast");
        await File.WriteAllBytesAsync(ballast, new byte[(DiskMegabytes - 2) << 20]);
        await using var server = await TestServer.StartAsync(
            new KnSockProcessOptions(), ["--store", Path.Combine(disk, "store"), "--store-limit", "1G", "--encoding", "fill=all,cpu=100%"], TestVideos.Detailed);

        var figures = await server.PlayAsync(9);
        Assert.True(figures is { Stalls: 0, Errors.Count: 0, FramesPresented: > 9 * 25 }, figures.ToString());
        await WaitAsync(server, warnings => warnings.Any(w => w.Contains("full", StringComparison.Ordinal)));

        File.Delete(ballast);
        await WaitAsync(server, warnings => warnings.Count == 0);

        // What was kept in memory meanwhile goes to the disk, and what is missing is filled in.
        var after = await server.PlayAsync(9);
        Assert.True(after is { Stalls: 0, Errors.Count: 0, FramesPresented: > 9 * 25 }, after.ToString());
        Assert.True(Directory.EnumerateFiles(disk, "*.gop", SearchOption.AllDirectories).Sum(f => new FileInfo(f).Length) > 2 << 20);
    }

    private static async Task MountAsync(string folder)
    {
        if (!OperatingSystem.IsLinux() || Environment.UserName != "root")
        {
            Assert.Skip("mounting a tmpfs takes root on Linux");
        }

        var mounted = await Command.TryRunAsync("mount", ["-t", "tmpfs", "-o", $"size={DiskMegabytes}m", "tmpfs", folder]);
        if (mounted.ExitCode != 0)
        {
            Assert.Skip($"no tmpfs can be mounted here: {mounted.Error}");
        }
    }

    private static async Task WaitAsync(TestServer server, Func<IReadOnlyList<string>, bool> condition)
    {
        var deadline = Environment.TickCount64 + 30_000;
        while (true)
        {
            var channel = Assert.Single(await server.ChannelsAsync());
            string[] warnings = channel.TryGetProperty("warnings", out var list) && list.ValueKind == JsonValueKind.Array
                ? [.. list.EnumerateArray().Select(w => w.GetString()!)]
                : [];
            if (condition(warnings))
            {
                return;
            }

            Assert.True(Environment.TickCount64 < deadline, $"the warnings are {string.Join(", ", warnings)}");
            await Task.Delay(500);
        }
    }
}
