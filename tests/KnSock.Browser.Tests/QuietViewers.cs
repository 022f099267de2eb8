using System.Globalization;
using System.Net.WebSockets;
using System.Text;

namespace KnSock.Browser.Tests;

/// <summary>Viewers for the dashboard to show: each has a session on a WebSocket and says how it stands, throws away what comes, and plays nothing.</summary>
internal sealed class QuietViewers : IAsyncDisposable
{
    private static readonly TimeSpan Between = TimeSpan.FromSeconds(0.5);

    private readonly CancellationTokenSource _stopping = new();
    private readonly List<Task> _running = [];

    /// <summary>Has so many join, one after the other, the channels in turn. Each says another buffer: the first 0.5 s, each further one a little more.</summary>
    public static async Task<QuietViewers> JoinAsync(string site, int count, int channels)
    {
        var viewers = new QuietViewers();
        for (var i = 0; i < count; i++)
        {
            var socket = new ClientWebSocket();
            socket.Options.AddSubProtocol("knsock.1");
            await socket.ConnectAsync(new UriBuilder(site) { Scheme = "ws", Path = "/ws" }.Uri, CancellationToken.None);
            viewers._running.Add(viewers.WatchAsync(socket, i, i % channels));
        }

        return viewers;
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await Task.WhenAll(_running);
        _stopping.Dispose();
    }

    private async Task WatchAsync(ClientWebSocket socket, int number, int channel)
    {
        using (socket)
        {
            try
            {
                await SayAsync(socket, string.Create(CultureInfo.InvariantCulture, $$"""{"type":"hello","knsock":1,"client":"quiet-viewer-{{number:00}}"}"""));
                // The lowest rung, and hardly any of it.
                await SayAsync(socket, """{"type":"limits","windowHeight":0}""");
                await SayAsync(socket, string.Create(CultureInfo.InvariantCulture, $$"""{"type":"select","selection":1,"channel":{{channel}},"from":"beginning","maxBufferSeconds":1}"""));
                await Task.WhenAll(ReadAsync(socket), ReportAsync(socket, number));
            }
            catch (Exception e) when (e is OperationCanceledException or WebSocketException or IOException)
            {
                // The end of the test, or of the session.
            }
        }
    }

    private async Task ReadAsync(ClientWebSocket socket)
    {
        var buffer = new byte[32 * 1024];
        while ((await socket.ReceiveAsync(buffer, _stopping.Token)).MessageType != WebSocketMessageType.Close)
        {
            // What it is does not matter.
        }

        // Nothing more is reported, either.
        throw new IOException("closed");
    }

    private async Task ReportAsync(ClientWebSocket socket, int number)
    {
        for (var at = 0.0; ; at += Between.TotalSeconds)
        {
            // Where it plays is well behind what it may have got by now on the busiest machine.
            var buffer = 0.5 + (0.01 * number);
            await SayAsync(socket, string.Create(
                CultureInfo.InvariantCulture,
                $$"""{"type":"feedback","selection":1,"state":"playing","positionSeconds":{{Math.Max(0, at - 2):0.0}},"videoBufferSeconds":{{buffer:0.00}},"audioBufferSeconds":{{buffer:0.00}},"targetSeconds":0.2,"stalls":{{number / 10}},"stallMs":{{number / 10 * 120}}}"""));
            await Task.Delay(Between, _stopping.Token);
        }
    }

    private Task SayAsync(ClientWebSocket socket, string message) =>
        socket.SendAsync(Encoding.UTF8.GetBytes(message), WebSocketMessageType.Text, endOfMessage: true, _stopping.Token);
}
