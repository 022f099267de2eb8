using System.Net;
using System.Net.Sockets;
using System.Text;
using KnSock.Client.Tests.Server;
using KnSock.Protocol.Messages;

namespace KnSock.Client.Tests.Connection;

/// <summary>What the user is told when what answers is not a KnSock server, or nothing does.</summary>
public sealed class WrongPeerTests
{
    [Theory]
    [InlineData("SSH-2.0-OpenSSH_9.2\r\n", "it speaks SSH")]
    [InlineData("HTTP/1.1 400 Bad Request\r\n\r\n", "it speaks HTTP")]
    [InlineData("\u0015\u0003\u0003\u0000\u0002\u0002F", "it speaks TLS; connect with TLS")]
    [InlineData("220 mail.example.org ESMTP\r\n", "it speaks another protocol")]
    [InlineData("\u0000\u0001\u0002 no newline here", "it speaks another protocol")]
    [InlineData("{\"hello\":\"world\"}\n", "is the port right?")]
    [InlineData("{]\n", "is the port right?")]
    [InlineData("{\"videos\":[1]}\n", "is the port right?")]
    [InlineData("{\"videos\":null}\n", "is the port right?")]
    [InlineData("{\"videos\":[\"a\"],\"knsock\":1}\n", "is the port right?")]
    public async Task A_peer_that_speaks_something_else_first_is_named_at_once(string says, string expected)
    {
        var message = await MessageOf(async (socket, over) =>
        {
            await socket.SendAsync(Encoding.UTF8.GetBytes(says));
            await over;
        });

        Assert.Contains("answered, but is not a KnSock server", message, StringComparison.Ordinal);
        Assert.Contains(expected, message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_web_server_is_made_to_speak()
    {
        var message = await MessageOf(async (socket, _) =>
        {
            await socket.ReceiveAsync(new byte[100]);
            await socket.SendAsync("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"u8.ToArray());
        });

        Assert.Contains("it speaks HTTP", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Silence_is_reported_after_the_time_out()
    {
        var message = await MessageOf((_, over) => over, TimeSpan.FromSeconds(0.3));

        Assert.Contains("it said nothing within 0.3 s", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_peer_that_closes_at_once_is_reported()
    {
        var message = await MessageOf((_, _) => Task.CompletedTask);

        Assert.Contains("closed it at once", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(5, 3, "versions 3 to 5", "update the client")]
    [InlineData(0, 0, "versions 0 to 0", "update the server")]
    public async Task A_server_without_a_common_version_says_which_side_is_old(int newest, int oldest, string versions, string advice)
    {
        await using var server = new FakeServer { Versions = (newest, oldest) };

        var message = await MessageOf(server.Options);

        Assert.Contains(versions, message, StringComparison.Ordinal);
        Assert.Contains(advice, message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_full_server_is_quoted_without_control_characters()
    {
        await using var server = new FakeServer { Refusal = new ErrorNotice { Code = "full", Message = "all 3 places are taken\u001b[31m" } };

        var message = await MessageOf(server.Options);

        Assert.Contains("all 3 places are taken?[31m", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_without_TLS_is_told_from_one_with_it()
    {
        await using var server = new FakeServer();

        var message = await MessageOf(server.Options with { UseTls = true, TrustsAnyCertificate = true });

        Assert.Contains("does not speak TLS", message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_token_is_not_told_with_the_options() =>
        Assert.DoesNotContain("secret", new LiveStreamClientOptions { Token = "secret" }.ToString(), StringComparison.Ordinal);

    [Fact]
    public async Task Refused_connections_and_unknown_names_say_what_to_do()
    {
        using var unused = new Socket(SocketType.Stream, ProtocolType.Tcp);
        unused.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var port = ((IPEndPoint)unused.LocalEndPoint!).Port;

        Assert.Contains("connection refused", await MessageOf(new LiveStreamClientOptions { VideoPort = port }), StringComparison.Ordinal);
        Assert.Contains("is not known", await MessageOf(new LiveStreamClientOptions { Host = "no-such-host.invalid" }), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cancelling_is_not_an_error_of_the_server()
    {
        using var stop = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        await using var client = new LiveStreamClient(new LiveStreamClientOptions { VideoPort = ((IPEndPoint)listener.LocalEndpoint).Port });

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => client.ConnectAsync(stop.Token));
        listener.Stop();
    }

    private static async Task<string> MessageOf(LiveStreamClientOptions options)
    {
        await using var client = new LiveStreamClient(options);
        var e = await Assert.ThrowsAsync<LiveStreamException>(() => client.ConnectAsync(CancellationToken.None));
        Assert.DoesNotContain('\n', e.Message);
        return e.Message;
    }

    /// <summary>What the user is told of a peer, which is told in turn when that has been.</summary>
    private static async Task<string> MessageOf(Func<Socket, Task, Task> peer, TimeSpan? timeout = null)
    {
        var over = new TaskCompletionSource();
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var serving = ServeAsync();
        try
        {
            return await MessageOf(new LiveStreamClientOptions
            {
                VideoPort = ((IPEndPoint)listener.LocalEndpoint).Port,
                ConnectTimeout = timeout ?? TimeSpan.FromSeconds(3),
            });
        }
        finally
        {
            over.SetResult();
            await serving;
            listener.Stop();
        }

        async Task ServeAsync()
        {
            using var socket = await listener.AcceptSocketAsync();
            await peer(socket, over.Task);
        }
    }
}
