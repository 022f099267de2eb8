using System.Net;
using System.Net.Sockets;
using System.Text;
using KnSock.Client.Playout;

namespace KnSock.Client.Tests.Connection.Legacy;

/// <summary>How a kn-sock server is spoken to.</summary>
public sealed class LegacyHandshakeTests : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

    public LegacyHandshakeTests() => _listener.Start();

    private LiveStreamClientOptions Options => new()
    {
        VideoPort = ((IPEndPoint)_listener.LocalEndpoint).Port,
        // Nothing answers at 1, and nothing has to.
        AudioPort = 1,
        ControlPort = 1,
        ReconnectTimeout = TimeSpan.Zero,
    };

    public void Dispose() => _listener.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_choice_is_said_once_on_the_connection_of_the_greeting(bool legacy)
    {
        var serving = ServeAsync(waitsForLine: false);
        var e = await PlayAsync(Options with { Legacy = legacy });

        Assert.Equal("{\"index\": 1}\n", await serving);
        Assert.Contains("was closed by the server", e.Message, StringComparison.Ordinal);
    }

    /// <summary>A server that is slow to greet is made to speak by a line that one of kn-sock takes for the choice of its first video.</summary>
    [Fact]
    public async Task A_connection_on_which_a_line_was_said_too_early_is_not_used()
    {
        var first = ServeAsync(waitsForLine: true);
        await using var client = new LiveStreamClient(Options);
        var channels = await client.ConnectAsync(CancellationToken.None);
        Assert.StartsWith("{\"knsock\":1", await first, StringComparison.Ordinal);

        var second = ServeAsync(waitsForLine: false);
        await Assert.ThrowsAsync<LiveStreamException>(() => client.PlayAsync(channels[1], new WaitingSink(), CancellationToken.None));
        Assert.Equal("{\"index\": 1}\n", await second);
    }

    [Fact]
    public async Task Told_what_it_is_a_slow_server_is_waited_for()
    {
        var serving = ServeAsync(waitsForLine: false, after: TimeSpan.FromSeconds(1.3));
        await PlayAsync(Options with { Legacy = true });
        Assert.Equal("{\"index\": 1}\n", await serving);
    }

    private static async Task<LiveStreamException> PlayAsync(LiveStreamClientOptions options)
    {
        await using var client = new LiveStreamClient(options);
        var channels = await client.ConnectAsync(CancellationToken.None);
        Assert.Equal(["a", "b"], channels.Select(c => c.Name), StringComparer.Ordinal);
        return await Assert.ThrowsAsync<LiveStreamException>(() => client.PlayAsync(channels[1], new WaitingSink(), CancellationToken.None));
    }

    /// <summary>Greets one connection and hears its first line; or the other way round.</summary>
    private async Task<string> ServeAsync(bool waitsForLine, TimeSpan after = default)
    {
        using var socket = await _listener.AcceptSocketAsync();
        await Task.Delay(after);
        var line = waitsForLine ? await LineAsync(socket) : "";
        await socket.SendAsync("{\"videos\": [\"a\", \"b\"]}\n"u8.ToArray());
        return waitsForLine ? line : await LineAsync(socket);
    }

    private static async Task<string> LineAsync(Socket socket)
    {
        var buffer = new byte[5000];
        var count = 0;
        while (count == 0 || buffer[count - 1] != '\n')
        {
            count += await socket.ReceiveAsync(buffer.AsMemory(count)) is > 0 and var got ? got : throw new EndOfStreamException();
        }

        return Encoding.UTF8.GetString(buffer, 0, count);
    }

    private sealed class WaitingSink : IMediaSink
    {
        public Task RunAsync(IPlayback playback, CancellationToken cancellationToken) => Task.Delay(Timeout.Infinite, cancellationToken);
    }
}
