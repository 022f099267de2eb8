using System.Collections.Concurrent;
using System.Net.Sockets;
using KnSock.Protocol;
using KnSock.Protocol.Legacy;
using KnSock.Protocol.Messages;
using KnSock.Server.Endpoints.Legacy;
using KnSock.Server.Loops;
using KnSock.Server.Sessions;
using Microsoft.Extensions.Logging;

namespace KnSock.Server.Endpoints.Native;

/// <summary>The three TCP ports: greets, finds out by the answers who speaks, and leaves it to <see cref="NativeHandshake"/> or <see cref="LegacyEndpoint"/> to begin sessions.</summary>
internal sealed class NativeEndpoint(
    NativeListeners listeners, NativeEndpointOptions options, ConnectionGate gate, ViewerSessions sessions, SenderLoops loops, ServerClock clock, ILogger logger)
{
    private readonly NativeHandshake _handshake = new(options.HandshakeTimeout, options.Tokens, sessions, clock);
    private readonly ConcurrentDictionary<Task, byte> _peers = new();

    /// <summary>Accepts viewers until cancelled; all their sessions have ended when it completes.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await Task.WhenAll(
            AcceptAsync(listeners.Video, "video", GreetAsync, cancellationToken),
            AcceptAsync(listeners.Audio, "audio", AttachAudioAsync, cancellationToken),
            AcceptAsync(listeners.Control, "control", GreetControlAsync, cancellationToken));
        await Task.WhenAll(_peers.Keys);
    }

    private async Task AcceptAsync(Socket listener, string port, Func<IncomingConnection, CancellationToken, Task<bool>> handle, CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                var socket = await listener.AcceptAsync(cancellationToken);
                socket.NoDelay = true;
                if (gate.TryLetIn(socket, isTold: port != "audio", out var incoming, out var refusal))
                {
                    Track(HandleAsync(incoming, port, handle, cancellationToken));
                }
                else
                {
                    Log.PeerRefused(logger, "a peer", port, refusal);
                }
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (SocketException e)
            {
                // Out of descriptors, or a peer that was gone before it was accepted: the next one may do better.
                Log.PeerRefused(logger, "a peer", port, e.Message);
                await Task.Delay(TimeSpan.FromMilliseconds(50), clock.Provider, CancellationToken.None);
            }
        }
    }

    private void Track(Task peer)
    {
        _peers[peer] = 0;
        _ = peer.ContinueWith(t => _peers.TryRemove(t, out _), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    /// <summary>Runs a handler; a connection that it does not keep is closed.</summary>
    private async Task HandleAsync(IncomingConnection incoming, string port, Func<IncomingConnection, CancellationToken, Task<bool>> handle, CancellationToken cancellationToken)
    {
        var isKept = false;
        try
        {
            isKept = await handle(incoming, cancellationToken);
        }
        catch (Exception e) when (e is ProtocolException or SocketException or IOException or OperationCanceledException or ObjectDisposedException)
        {
            Log.PeerRefused(logger, incoming.Peer, port, DisplayText.Clean(e is OperationCanceledException ? "it did not say who it is in time" : e.Message));
        }
        finally
        {
            if (!isKept)
            {
                incoming.Dispose();
            }
        }
    }

    /// <summary>The video port: speaks first, then runs the session of whoever answers.</summary>
    private async Task<bool> GreetAsync(IncomingConnection video, CancellationToken cancellationToken)
    {
        var arrival = _handshake.Expect();
        var greeting = options.Greeting() with { Session = arrival.Token };
        Func<Task> session;
        try
        {
            var line = await GreetAsync(video, greeting, cancellationToken);
            session = options.Legacy is { } legacy && LegacySelection.TryRead(line, out var index)
                ? legacy.Begin(video, greeting.Videos, index)
                : await _handshake.BeginAsync(video, line, arrival, cancellationToken);
        }
        finally
        {
            _handshake.Close(arrival);
        }

        video.GiveBackPlace();
        await session();
        return true;
    }

    /// <summary>Speaks first, and gives the answer.</summary>
    private async Task<byte[]> GreetAsync(IncomingConnection video, Greeting greeting, CancellationToken cancellationToken)
    {
        Stream stream;
        using (var deadline = clock.Deadline(options.HandshakeTimeout, cancellationToken))
        {
            await gate.EncryptAsync(video, deadline.Token);
            stream = video.OpenStream();
            if (!sessions.HasRoom(video.Address, out var full))
            {
                await stream.WriteAsync(MessageJson.WriteLine(new ErrorNotice { Code = "full", Message = full }), deadline.Token);
                throw new ProtocolException(ProtocolErrorCode.Unexpected, full);
            }

            await stream.WriteAsync(MessageJson.WriteLine(greeting), deadline.Token);
        }

        if (options.Legacy is { } legacy)
        {
            await legacy.AwaitAnswerAsync(video.Socket, isAsked: greeting.Videos.Count > 1, cancellationToken);
        }

        using var answer = clock.Deadline(options.HandshakeTimeout, cancellationToken);
        return await new LineStream(stream).ReadAsync(answer.Token) ?? throw new ProtocolException(ProtocolErrorCode.Unexpected, "it left without a word");
    }

    /// <summary>The audio port: a viewer shows its token; kn-sock's clients say nothing.</summary>
    private async Task<bool> AttachAudioAsync(IncomingConnection audio, CancellationToken cancellationToken)
    {
        using var deadline = clock.Deadline(options.HandshakeTimeout, cancellationToken);
        await gate.EncryptAsync(audio, deadline.Token);
        var isTied = (options.Legacy is { } legacy && await legacy.TryTakeSoundAsync(audio.Socket, deadline.Token))
            || _handshake.TryAttach(audio, await new LineStream(audio.OpenStream()).ReadAsync(deadline.Token));
        if (isTied)
        {
            audio.GiveBackPlace();
        }

        return isTied;
    }

    /// <summary>The control port: the connection lives on a sender loop from its first line on, so that hearing thousands of viewers costs no wake-up for each.</summary>
    private async Task<bool> GreetControlAsync(IncomingConnection control, CancellationToken cancellationToken)
    {
        var until = clock.Elapsed + options.HandshakeTimeout;
        if (gate.Encrypts)
        {
            using var deadline = clock.Deadline(options.HandshakeTimeout, cancellationToken);
            await gate.EncryptAsync(control, deadline.Token);
        }

        var loop = loops.Choose();
        loop.Add(new ControlGreeter(control, loop, until, _handshake, options.Legacy is null ? null : AttachLegacy, Refused, options.Waiting));
        return true;

        void Refused(string reason) => Log.PeerRefused(logger, control.Peer, "control", reason);
        void AttachLegacy(ControlConnection connection, IReadOnlyList<byte[]> early) => Track(AttachLegacyAsync(connection, early));

        async Task AttachLegacyAsync(ControlConnection connection, IReadOnlyList<byte[]> early)
        {
            try
            {
                await options.Legacy!.AttachAsync(connection, early, Refused, cancellationToken);
            }
            finally
            {
                control.GiveBackPlace();
            }
        }
    }
}
