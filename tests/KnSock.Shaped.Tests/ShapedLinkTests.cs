using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using KnSock.Shaped.Links;

namespace KnSock.Shaped.Tests;

/// <summary>Over a real link, where network namespaces are allowed.</summary>
public sealed class ShapedLinkTests
{
    private const int Port = 7000;
    private static readonly TimeSpan RoundTrip = TimeSpan.FromMilliseconds(40);

    [Fact]
    public async Task It_takes_its_time_carries_its_rate_and_goes_on_at_once_after_an_outage()
    {
        await using var link = await CreateAsync();
        using var listener = link.ListenOnServer(Port);
        using var viewer = link.OpenOnViewer();
        Assert.False(link.FirstFromViewer.IsCompleted);
        var start = Stopwatch.GetTimestamp();
        await viewer.ConnectAsync(IPAddress.Parse(ShapedLink.ServerAddress), Port);
        Assert.InRange(Stopwatch.GetElapsedTime(start).TotalMilliseconds, 39, 80);
        Assert.True(link.FirstFromViewer.IsCompleted);

        using var server = await listener.AcceptAsync();
        var driver = new LinkDriver(link, ShapingPlan.For(Traces.Of("step_x", 2000, 2000, 2000, 0, 0, 2000)), limit: 75_000);
        await driver.BeginAsync();
        var driving = driver.RunAsync(TimeSpan.FromSeconds(6), TimeSpan.FromSeconds(1), CancellationToken.None);
        using var ending = new CancellationTokenSource();
        var sending = SendAsync(server, ending.Token);
        var received = await ReceiveAsync(viewer, driving);
        await ending.CancelAsync();
        await sending;

        // After a second of slow start; payload is 1448 of 1500.
        Assert.InRange(Between(received, 1, 3) / 2 * 8 / 2e6 * 1500 / 1448, 0.93, 1.05);
        Assert.InRange(Between(received, 3.1, 5), 0, 10_000);
        Assert.True(Between(received, 5, 5.3) > 20_000, "what waited through the outage did not come at its end");
    }

    private static double Between(List<(double At, int Bytes)> received, double from, double to) => received.Where(r => r.At >= from && r.At < to).Sum(r => r.Bytes);

    private static async Task SendAsync(Socket socket, CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                await socket.SendAsync(new byte[16_384], cancellationToken);
            }
        }
        catch (OperationCanceledException)
        {
            // That is the end.
        }
    }

    private static async Task<List<(double At, int Bytes)>> ReceiveAsync(Socket socket, Task until)
    {
        List<(double At, int Bytes)> received = [];
        var start = Stopwatch.GetTimestamp();
        var buffer = new byte[65_536];
        while (true)
        {
            var receiving = socket.ReceiveAsync(buffer, SocketFlags.None);
            if (await Task.WhenAny(receiving, until) == until)
            {
                await until;
                return received;
            }

            received.Add((Stopwatch.GetElapsedTime(start).TotalSeconds, await receiving));
        }
    }

    private static async Task<ShapedLink> CreateAsync()
    {
        try
        {
            return await ShapedLink.CreateAsync(RoundTrip, "cubic");
        }
        catch (ShapedException e)
        {
            Assert.Skip(e.Message);
            throw;
        }
    }
}
