using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using KnSock.Protocol;
using KnSock.Protocol.Messages;
using KnSock.Server.Loops;
using KnSock.Server.Sessions;
using Microsoft.Extensions.Logging;

namespace KnSock.Server.Endpoints.Native;

/// <summary>The three TCP ports: greets, ties the connections of one viewer together by its token, and starts its session.</summary>
internal sealed class NativeEndpoint(
    NativeListeners listeners, NativeEndpointOptions options, ViewerSessions sessions, SenderLoops loops, ServerClock clock, ILogger logger)
{
    private readonly ConcurrentDictionary<string, Arrival> _arrivals = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<Task, byte> _peers = new();

    /// <summary>Accepts viewers until cancelled; all their sessions have ended when it completes.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await Task.WhenAll(
            AcceptAsync(listeners.Video, "video", GreetAsync, cancellationToken),
            AcceptAsync(listeners.Audio, "audio", AttachAudioAsync, cancellationToken),
            AcceptAsync(listeners.Control, "control", (socket, _) => Task.FromResult(GreetControl(socket)), cancellationToken));
        await Task.WhenAll(_peers.Keys);
    }

    private async Task AcceptAsync(Socket listener, string port, Func<Socket, CancellationToken, Task<bool>> handle, CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                var socket = await listener.AcceptAsync(cancellationToken);
                socket.NoDelay = true;
                Track(HandleAsync(socket, port, handle, cancellationToken));
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

    /// <summary>Runs a handler; a socket that it does not keep is closed.</summary>
    private async Task HandleAsync(Socket socket, string port, Func<Socket, CancellationToken, Task<bool>> handle, CancellationToken cancellationToken)
    {
        var peer = PeerName(socket);
        var isKept = false;
        try
        {
            isKept = await handle(socket, cancellationToken);
        }
        catch (Exception e) when (e is ProtocolException or SocketException or IOException or OperationCanceledException or ObjectDisposedException)
        {
            Log.PeerRefused(logger, peer, port, DisplayText.Clean(e is OperationCanceledException ? "it did not say who it is in time" : e.Message));
        }
        finally
        {
            if (!isKept)
            {
                socket.Dispose();
            }
        }
    }

    /// <summary>The video port: speaks first, then waits for the viewer's other connections and runs its session.</summary>
    private async Task<bool> GreetAsync(Socket socket, CancellationToken cancellationToken)
    {
        if (!sessions.TryTakePlace())
        {
            throw new ProtocolException(ProtocolErrorCode.Unexpected, "the server is full");
        }

        NativeViewerConnection? connection = null;
        SenderLoop? loop = null;
        var token = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        var arrival = _arrivals[token] = new Arrival();
        try
        {
            using var deadline = clock.Deadline(options.HandshakeTimeout, cancellationToken);
            await SendLineAsync(socket, MessageJson.WriteLine(options.Greeting() with { Session = token }), deadline.Token);
            CheckVersion(await new LineStream(socket).ReadAsync(deadline.Token));
            var control = await arrival.Control.Task.WaitAsync(deadline.Token);
            var isShared = control.Hello.SharedAudio == true;
            if (isShared)
            {
                arrival.CloseAudio();
            }

            var audio = isShared ? null : await arrival.Audio.Task.WaitAsync(deadline.Token);
            connection = new NativeViewerConnection(socket, audio, control, PeerName(socket), clock);
            loop = control.Loop;
        }
        finally
        {
            _arrivals.TryRemove(token, out _);
            if (connection is null)
            {
                sessions.GiveBackPlace();
                arrival.Close();
            }
        }

        await sessions.RunAsync(connection, loop!);
        return true;
    }

    private async Task<bool> AttachAudioAsync(Socket socket, CancellationToken cancellationToken)
    {
        using var deadline = clock.Deadline(options.HandshakeTimeout, cancellationToken);
        var line = await new LineStream(socket).ReadAsync(deadline.Token);
        return line is not null && MessageJson.ReadAttach(line).Session is { } token
            && _arrivals.TryGetValue(token, out var arrival) && arrival.TryAttach(socket);
    }

    /// <summary>The control port: the connection lives on a sender loop from its first line on, so that hearing thousands of viewers costs no wake-up for each.</summary>
    private bool GreetControl(Socket socket)
    {
        var loop = loops.Choose();
        loop.Add(new ControlGreeter(socket, loop, clock.Elapsed + options.HandshakeTimeout, this, reason => Log.PeerRefused(logger, PeerName(socket), "control", reason)));
        return true;
    }

    /// <summary>Ties a control connection to the viewer whose token it has.</summary>
    /// <returns>Why not. Null: it is tied.</returns>
    public ErrorNotice? Attach(ControlPeer control)
    {
        if (control.Hello.KnSock != ProtocolLimits.Version)
        {
            return new ErrorNotice { Code = "version", Message = $"version {control.Hello.KnSock} is not spoken here; this server speaks {ProtocolLimits.Version}" };
        }

        return control.Hello.Session is { } token && _arrivals.TryGetValue(token, out var arrival) && arrival.TryAttach(control)
            ? null
            : new ErrorNotice { Code = "unknownSession", Message = "the session token is not known, or its time is up; connect to the video port again" };
    }

    private static void CheckVersion(byte[]? line)
    {
        var attach = MessageJson.ReadAttach(line ?? throw new ProtocolException(ProtocolErrorCode.Unexpected, "it left without a word"));
        if (attach.KnSock is null)
        {
            throw new ProtocolException(ProtocolErrorCode.NotKnSock, "it is a kn-sock client, which this version does not serve");
        }

        if (attach.KnSock != ProtocolLimits.Version)
        {
            throw new ProtocolException(ProtocolErrorCode.Version, $"it chose version {attach.KnSock}, which is not spoken here");
        }
    }

    private static async Task SendLineAsync(Socket socket, ReadOnlyMemory<byte> line, CancellationToken cancellationToken)
    {
        while (line.Length > 0)
        {
            line = line[await socket.SendAsync(line, SocketFlags.None, cancellationToken)..];
        }
    }

    private static string PeerName(Socket socket)
    {
        try
        {
            return socket.RemoteEndPoint is IPEndPoint { Address: { IsIPv4MappedToIPv6: true } address, Port: var port }
                ? $"{address.MapToIPv4()}:{port}"
                : socket.RemoteEndPoint?.ToString() ?? "a peer";
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            return "a peer";
        }
    }

    /// <summary>A viewer whose connections are coming in.</summary>
    private sealed class Arrival
    {
        public TaskCompletionSource<Socket> Audio { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource<ControlPeer> Control { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public bool TryAttach(Socket audio) => Audio.TrySetResult(audio);

        public bool TryAttach(ControlPeer control) => Control.TrySetResult(control);

        /// <summary>No connection for the sound is wanted.</summary>
        public void CloseAudio()
        {
            if (!Audio.TrySetCanceled() && Audio.Task.IsCompletedSuccessfully)
            {
                Audio.Task.Result.Dispose();
            }
        }

        /// <summary>The viewer is not coming; what has come is closed, and what still comes is refused.</summary>
        public void Close()
        {
            CloseAudio();
            if (!Control.TrySetCanceled() && Control.Task.IsCompletedSuccessfully)
            {
                Control.Task.Result.Connection.Socket.Dispose();
            }
        }
    }
}

/// <summary>What the endpoint says and how long it waits.</summary>
internal sealed record NativeEndpointOptions
{
    /// <summary>The greeting as it is at this moment, without a session.</summary>
    public required Func<Greeting> Greeting { get; init; }

    public required TimeSpan HandshakeTimeout { get; init; }
}
