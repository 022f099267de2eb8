using System.Net;
using System.Net.Sockets;
using KnSock.Testing.Network;
using KnSock.Testing.Processes;

namespace KnSock.Testing.Tests;

/// <summary>The slow links are as slow as they say. Real time: these measure.</summary>
public class LinkTests
{
    [Fact]
    public async Task A_proxy_shares_its_rate_among_all_connections_and_holds_the_sender_back()
    {
        var port = FreePorts.Find();
        int[] ports = [port, port + 1, port + 10];
        var sources = ports.Select(p => Flood.OnLoopback(p)).ToList();
        await using var proxy = new ShapingProxy(ports);
        proxy.SetRate(2e6);
        using var ending = new CancellationTokenSource();
        var drains = ports.Select(p => DrainAsync(p, ending.Token)).ToList();
        await Task.Delay(1500, CancellationToken.None);
        var sent = sources.Sum(s => s.Sent);
        await ending.CancelAsync();
        var received = (await Task.WhenAll(drains)).Sum();

        // 1.5 s of 2 Mbit/s are 375 kB; the first connection takes its time on a busy machine.
        Assert.InRange(received, 200_000, 420_000);
        // What the sender's kernel and the proxy's hold; without back-pressure it would be gigabytes.
        Assert.InRange(sent - received, 0, 12_000_000);
        sources.ForEach(s => s.Dispose());
    }

    [Fact]
    public async Task A_proxy_without_a_limit_is_fast_and_slows_down_when_told()
    {
        var port = FreePorts.Find();
        using var source = Flood.OnLoopback(port);
        await using var proxy = new ShapingProxy([port], latency: TimeSpan.FromMilliseconds(30));
        using var ending = new CancellationTokenSource();
        long received = 0;
        var drain = DrainAsync(port, ending.Token, n => Interlocked.Add(ref received, n));
        await Task.Delay(500, CancellationToken.None);
        var fast = Interlocked.Read(ref received);
        proxy.SetRate(1e6);
        await Task.Delay(200, CancellationToken.None);
        var before = Interlocked.Read(ref received);
        await Task.Delay(1000, CancellationToken.None);
        var slow = Interlocked.Read(ref received) - before;
        await ending.CancelAsync();
        await drain;

        Assert.True(fast > 500_000, $"{fast} bytes in half a second");
        Assert.InRange(slow, 80_000, 150_000);
    }

    [Fact]
    public async Task A_namespace_has_the_rate_it_is_given_and_leaves_nothing_behind()
    {
        Assert.SkipWhen(await NetworkNamespace.WhyNotAsync() is not null, await NetworkNamespace.WhyNotAsync() ?? string.Empty);
        await using (var link = await NetworkNamespace.CreateAsync())
        {
            await link.SetRateAsync(8e6);
            using var source = new Flood(link.OpenOnServer(), new IPEndPoint(IPAddress.Parse(NetworkNamespace.ServerAddress), 7000));
            using var viewer = link.OpenOnViewer();
            await viewer.ConnectAsync(IPAddress.Parse(NetworkNamespace.ServerAddress), 7000);
            Assert.InRange(await ReceiveForAsync(viewer, TimeSpan.FromSeconds(1.5)), 1_000_000, 1_800_000);
            await link.SetRateAsync(null);
            await ReceiveForAsync(viewer, TimeSpan.FromSeconds(0.5));
            Assert.True(await ReceiveForAsync(viewer, TimeSpan.FromSeconds(1)) > 3_000_000);
        }

        Assert.DoesNotContain($"knsock-{Environment.ProcessId}-", await Command.RunAsync("ip", "netns", "list"), StringComparison.Ordinal);
    }

    private static async Task<long> DrainAsync(int port, CancellationToken cancellationToken, Action<int>? progress = null)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(new IPEndPoint(ShapingProxy.Address, port), CancellationToken.None);
        return await ReceiveAsync(socket, progress, cancellationToken);
    }

    private static async Task<long> ReceiveForAsync(Socket socket, TimeSpan time)
    {
        using var ending = new CancellationTokenSource(time);
        return await ReceiveAsync(socket, null, ending.Token);
    }

    private static async Task<long> ReceiveAsync(Socket socket, Action<int>? progress, CancellationToken cancellationToken)
    {
        var buffer = new byte[64 * 1024];
        long total = 0;
        try
        {
            while (await socket.ReceiveAsync(buffer, cancellationToken) is > 0 and var read)
            {
                total += read;
                progress?.Invoke(read);
            }
        }
        catch (OperationCanceledException)
        {
            // That is how it ends.
        }

        return total;
    }
}
