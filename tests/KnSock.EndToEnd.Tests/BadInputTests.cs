using System.Net;
using System.Net.Sockets;
using System.Text;
using KnSock.Testing.Processes;
using KnSock.Testing.Videos;

namespace KnSock.EndToEnd.Tests;

/// <summary>What cannot work ends at once with one line that says why, and leaves nothing running.</summary>
public class BadInputTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(15);

    [Theory]
    [InlineData("empty.mp4")]
    [InlineData("text.mp4")]
    [InlineData("truncated.mp4")]
    public async Task A_file_that_is_no_video_is_refused(string name) =>
        await AssertRefusedAsync(name, "serve", $"{FreePorts.Find()}", await TestVideos.Named(name).GetPathAsync());

    [Fact]
    public Task A_file_that_is_not_there_is_refused() =>
        AssertRefusedAsync("not-there.mp4", "serve", $"{FreePorts.Find()}", "/tmp/not-there.mp4");

    [Fact]
    public Task A_directory_is_refused() => AssertRefusedAsync("/usr", "serve", $"{FreePorts.Find()}", "/usr");

    [Fact]
    public async Task One_bad_file_among_good_ones_is_named() => await AssertRefusedAsync(
        "empty.mp4", "serve", $"{FreePorts.Find()}", await TestVideos.H264Aac.GetPathAsync(), await TestVideos.Empty.GetPathAsync(), "--log-level", "warn");

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(10)]
    public async Task A_port_in_use_is_named(int offset)
    {
        var port = FreePorts.Find();
        using var holder = new TcpListener(IPAddress.Any, port + offset);
        holder.Start();
        await AssertRefusedAsync($"{port + offset}", "serve", $"{port}", await TestVideos.H264Aac.GetPathAsync());
    }

    [Fact]
    public Task A_host_where_nothing_listens_is_named()
    {
        var address = $"127.0.0.1:{FreePorts.Find()}";
        return AssertRefusedAsync(address, "play", address, "--headless");
    }

    [Fact]
    public Task A_host_that_cannot_be_reached_is_named() => AssertRefusedAsync("240.0.0.1:9000", "play", "240.0.0.1:9000", "--headless");

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_port_that_speaks_http_is_no_server_of_ours(bool answersOnlyRequests)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var answering = AnswerHttpAsync(listener, answersOnlyRequests);
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        await AssertRefusedAsync($"{port}", "play", $"127.0.0.1:{port}", "--headless");
        listener.Stop();
        await answering;
    }

    private static async Task AnswerHttpAsync(TcpListener listener, bool answersOnlyRequests)
    {
        try
        {
            while (true)
            {
                using var peer = await listener.AcceptTcpClientAsync();
                var request = new byte[4096];
                if (!answersOnlyRequests || await peer.GetStream().ReadAsync(request) > 0)
                {
                    await peer.GetStream().WriteAsync(Encoding.ASCII.GetBytes("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"));
                }
            }
        }
        catch (Exception e) when (e is SocketException or IOException or ObjectDisposedException)
        {
            // The listener or the peer went.
        }
    }

    private static async Task AssertRefusedAsync(string named, params string[] arguments)
    {
        await using var process = KnSockProcess.Start(arguments);
        await process.ExpectExitAsync(1, Soon);
        var line = Assert.Single(process.Error, l => l.Length > 0);
        Assert.StartsWith("knsock: ", line, StringComparison.Ordinal);
        Assert.Contains(named, line, StringComparison.Ordinal);
        Assert.DoesNotContain(process.Output, l => l.Length > 0);
    }
}
