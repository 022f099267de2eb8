using System.Net;
using System.Net.WebSockets;
using KnSock.Protocol;
using KnSock.Protocol.Messages;
using KnSock.Server.Access;
using KnSock.Server.Endpoints.Http;
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
    private const int PolicyViolation = 1008;
    private const int TryAgainLater = 1013;

    /// <summary>Serves one viewer until it leaves, the server stops or it is let go.</summary>
    public async Task RunAsync(HttpContext context)
    {
        if (!WebSocketHandshake.IsValid(context, origins, out var refusal))
        {
            context.Response.StatusCode = refusal.Status;
            await context.Response.WriteAsync(refusal.Words, context.RequestAborted);
            return;
        }

        var address = context.Connection.RemoteIpAddress;
        if (!serving.Sessions.HasRoom(address, out var full) || !serving.Pending.TryTake(address, out var pending, out full))
        {
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            await context.Response.WriteAsync(full, context.RequestAborted);
            return;
        }

        using (pending)
        {
            await RunAsync(context, pending);
        }
    }

    private async Task RunAsync(HttpContext context, TakenPlace pending)
    {
        using var leaving = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        var reading = Task.CompletedTask;
        var name = PeerName(context.Connection);
        try
        {
            var stream = await WebSocketHandshake.AcceptAsync(context);
            WebSocketViewerConnection? connection = null;
            IOutlet outlet = SocketOf(context) is { } socket ? new SocketOutlet(socket, serving.Clock) : new StreamOutlet(stream, serving.Clock, serving.Waiting);
            var messages = new MessageStream(outlet, serving.Waiting);
            var answers = new ReadingSide(stream, answer => Answer(messages, answer, () => connection?.Tell()), serving.Clock);
            var inbox = new MessageInbox(WebSocket.CreateFromStream(answers, new WebSocketCreationOptions { IsServer = true, KeepAliveInterval = Timeout.InfiniteTimeSpan }));
            reading = inbox.RunAsync(leaving.Token);
            TakenPlace? place = null;
            try
            {
                // Nothing may be written around the web server before the viewer has its answer: that it has said something shows that.
                var hello = await HelloAsync(inbox, leaving.Token);
                if (LetIn(context, hello, out var admission, out place) is { } refusal)
                {
                    await RefuseAsync(stream, refusal, leaving.Token);
                    return;
                }

                var client = DisplayText.Clean(hello.Client ?? "unknown");
                connection = new WebSocketViewerConnection(outlet, messages, inbox, new WebSocketPeer(name, client, isAdministrator(context), admission));
            }
            finally
            {
                if (connection is null)
                {
                    outlet.Dispose();
                }
            }

            pending.Dispose();
            await serving.Sessions.RunAsync(connection, serving.Loops.Choose(), place!);
        }
        catch (Exception e) when (e is ProtocolException or IOException or OperationCanceledException or ObjectDisposedException)
        {
            Log.PeerRefused(serving.Logger, name, "WebSocket", DisplayText.Clean(e is OperationCanceledException ? "it did not say who it is in time" : e.Message));
        }
        finally
        {
            await leaving.CancelAsync();
            await reading;
        }
    }

    /// <summary>Lets a viewer in that has said who it is, and takes its place.</summary>
    /// <returns>Why not. Null: it is in.</returns>
    private ErrorNotice? LetIn(HttpContext context, Hello hello, out Admission? admission, out TakenPlace? place)
    {
        place = null;
        if (!serving.Tokens.TryAdmit(hello.Token ?? ViewerAccess.TokenOf(context.Request), out admission, out var refusal))
        {
            serving.Context.Metrics.ConnectionRefused(TokenCheck.Code);
            return new ErrorNotice { Code = TokenCheck.Code, Message = refusal };
        }

        return serving.Sessions.TryTakePlace(context.Connection.RemoteIpAddress, out place, out refusal) ? null : new ErrorNotice { Code = "full", Message = refusal };
    }

    /// <summary>Says why a viewer is not let in, as a message and as the reason for which the connection is closed. Nothing else was sent over it.</summary>
    private static async Task RefuseAsync(Stream stream, ErrorNotice refusal, CancellationToken cancellationToken)
    {
        var code = refusal.Code == TokenCheck.Code ? PolicyViolation : TryAgainLater;
        var bytes = MessageStream.Refusal(MessageJson.WriteLine(refusal).AsSpan()[..^1], code, System.Text.Encoding.UTF8.GetBytes(refusal.Message));
        await stream.WriteAsync(bytes, cancellationToken);
        throw new ProtocolException(ProtocolErrorCode.Unexpected, refusal.Message);
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
