using System.Net;
using System.Net.WebSockets;
using KnSock.Protocol;
using KnSock.Protocol.Messages;
using KnSock.Server.Sessions;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace KnSock.Server.Endpoints.WebSockets;

/// <summary>Viewers on WebSockets: hears who they are and starts their sessions.</summary>
/// <param name="serving">The sessions and what they live on.</param>
/// <param name="origins">Origins of pages that may connect besides those of this server; <c>*</c> is every one.</param>
/// <param name="isAdministrator">Whether a request comes from one who may see other viewers.</param>
internal sealed class WebSocketEndpoint(Serving serving, IReadOnlyList<string> origins, Func<HttpContext, bool> isAdministrator)
{
    /// <summary>Serves one viewer until it leaves, the server stops or it is let go.</summary>
    public async Task RunAsync(HttpContext context)
    {
        if (!WebSocketHandshake.IsValid(context, origins, out var refusal))
        {
            context.Response.StatusCode = refusal.Status;
            await context.Response.WriteAsync(refusal.Words, context.RequestAborted);
            return;
        }

        if (!serving.Sessions.TryTakePlace())
        {
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            await context.Response.WriteAsync("the server is full", context.RequestAborted);
            return;
        }

        using var leaving = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        var reading = Task.CompletedTask;
        var isRunning = false;
        var name = PeerName(context.Connection);
        try
        {
            var stream = await WebSocketHandshake.AcceptAsync(context);
            WebSocketViewerConnection? connection = null;
            IOutlet outlet = SocketOf(context) is { } socket ? new SocketOutlet(socket, serving.Clock) : new StreamOutlet(stream, serving.Clock);
            var messages = new MessageStream(outlet);
            var answers = new ReadingSide(stream, answer => Answer(messages, answer, () => connection?.Tell()));
            var inbox = new MessageInbox(WebSocket.CreateFromStream(answers, new WebSocketCreationOptions { IsServer = true, KeepAliveInterval = Timeout.InfiniteTimeSpan }));
            reading = inbox.RunAsync(leaving.Token);
            try
            {
                // Nothing may be written around the web server before the viewer has its answer: that it has said something shows that.
                var hello = await HelloAsync(inbox, leaving.Token);
                var client = DisplayText.Clean(hello.Client ?? "unknown");
                connection = new WebSocketViewerConnection(outlet, messages, inbox, new WebSocketPeer(name, client, isAdministrator(context)));
                isRunning = true;
            }
            finally
            {
                if (!isRunning)
                {
                    outlet.Dispose();
                }
            }

            await serving.Sessions.RunAsync(connection, serving.Loops.Choose());
        }
        catch (Exception e) when (e is ProtocolException or IOException or OperationCanceledException or ObjectDisposedException)
        {
            Log.PeerRefused(serving.Logger, name, "WebSocket", DisplayText.Clean(e is OperationCanceledException ? "it did not say who it is in time" : e.Message));
        }
        finally
        {
            if (!isRunning)
            {
                serving.Sessions.GiveBackPlace();
            }

            await leaving.CancelAsync();
            await reading;
        }
    }

    private static void Answer(MessageStream messages, byte[] answer, Action tell)
    {
        messages.Answer(answer);
        tell();
    }

    private async Task<Hello> HelloAsync(MessageInbox inbox, CancellationToken cancellationToken)
    {
        using var deadline = serving.Clock.Deadline(serving.HandshakeTimeout, cancellationToken);
        var line = await inbox.FirstAsync(deadline.Token) ?? throw new ProtocolException(ProtocolErrorCode.Unexpected, "it left without a word");
        var hello = MessageJson.ReadControl(line.AsSpan(0, line.Length - 1)) as Hello
            ?? throw new ProtocolException(ProtocolErrorCode.Unexpected, "the first message must be hello");
        return hello.KnSock == ProtocolLimits.Version
            ? hello
            : throw new ProtocolException(ProtocolErrorCode.Version, $"it chose version {hello.KnSock}, which is not spoken here");
    }

    /// <summary>The socket below, where what is written to it is what the viewer reads.</summary>
    private static System.Net.Sockets.Socket? SocketOf(HttpContext context) =>
        context.Request.IsHttps || context.Features.Get<ITlsHandshakeFeature>() is not null || context.Request.Protocol != HttpProtocol.Http11
            ? null
            : context.Features.Get<IConnectionSocketFeature>()?.Socket;

    private static string PeerName(ConnectionInfo connection) => connection.RemoteIpAddress switch
    {
        { IsIPv4MappedToIPv6: true } address => $"{address.MapToIPv4()}:{connection.RemotePort}",
        { } address => new IPEndPoint(address, connection.RemotePort).ToString(),
        null => "a peer",
    };
}
