using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Security.Cryptography;
using KnSock.Protocol;
using KnSock.Protocol.Legacy;
using KnSock.Protocol.Messages;
using KnSock.Server.Access;
using KnSock.Server.Endpoints.Legacy;
using KnSock.Server.Loops;
using KnSock.Server.Sessions;
using Microsoft.Extensions.Logging;

namespace KnSock.Server.Endpoints.Native;

/// <summary>The three TCP ports: greets, ties the connections of one viewer together by its token, and starts its session.</summary>
internal sealed class NativeEndpoint(
    NativeListeners listeners, NativeEndpointOptions options, ConnectionGate gate, ViewerSessions sessions, SenderLoops loops, ServerClock clock, ILogger logger)
{
    private readonly ConcurrentDictionary<string, Arrival> _arrivals = new(StringComparer.Ordinal);
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
        var token = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        var greeting = options.Greeting() with { Session = token };
        var arrival = _arrivals[token] = new Arrival();
        Func<Task> session;
        try
        {
            var line = await GreetAsync(video, greeting, cancellationToken);
            session = options.Legacy is { } legacy && LegacySelection.TryRead(line, out var index)
                ? BeginLegacy(legacy, video, greeting.Videos, index)
                : await BeginAsync(video, line, arrival, cancellationToken);
        }
        finally
        {
            _arrivals.TryRemove(token, out _);
            arrival.Close();
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

    /// <summary>Waits for a viewer's other connections, and takes a place for it.</summary>
    /// <returns>What runs its session.</returns>
    private async Task<Func<Task>> BeginAsync(IncomingConnection video, byte[] line, Arrival arrival, CancellationToken cancellationToken)
    {
        CheckVersion(line);
        using var deadline = clock.Deadline(options.HandshakeTimeout, cancellationToken);
        var control = await arrival.Control.Task.WaitAsync(deadline.Token);
        var isShared = control.Hello.SharedAudio == true;
        if (isShared)
        {
            arrival.CloseAudio();
        }

        var audio = isShared ? null : await arrival.Audio.Task.WaitAsync(deadline.Token);
        if (!sessions.TryTakePlace(video.Address, out var place, out var full))
        {
            // No loop looks at it between its hello and its session.
            control.Connection.Send(MessageJson.WriteLine(new ErrorNotice { Code = "full", Message = full }));
            throw new ProtocolException(ProtocolErrorCode.Unexpected, full);
        }

        try
        {
            var connection = new NativeViewerConnection(video, audio, control, clock);
            arrival.Release();
            return () => sessions.RunAsync(connection, control.Loop, place);
        }
        catch
        {
            place.Dispose();
            throw;
        }
    }

    /// <summary>Takes a place for a kn-sock client, which cannot be told where there is none.</summary>
    /// <returns>What runs its session.</returns>
    private Func<Task> BeginLegacy(LegacyEndpoint legacy, IncomingConnection video, IReadOnlyList<string> videos, int index)
    {
        var channel = legacy.Find(videos, index);
        return sessions.TryTakePlace(video.Address, out var place, out var full)
            ? () => legacy.ServeAsync(video.Socket, video.Peer, channel, place)
            : throw new ProtocolException(ProtocolErrorCode.Unexpected, full);
    }

    private async Task<bool> AttachAudioAsync(IncomingConnection audio, CancellationToken cancellationToken)
    {
        using var deadline = clock.Deadline(options.HandshakeTimeout, cancellationToken);
        await gate.EncryptAsync(audio, deadline.Token);
        if (options.Legacy is { } legacy && await legacy.TryTakeSoundAsync(audio.Socket, deadline.Token))
        {
            audio.GiveBackPlace();
            return true;
        }

        var line = await new LineStream(audio.OpenStream()).ReadAsync(deadline.Token);
        if (line is null || MessageJson.ReadAttach(line).Session is not { } token || !_arrivals.TryGetValue(token, out var arrival) || !arrival.TryAttach(audio))
        {
            return false;
        }

        audio.GiveBackPlace();
        return true;
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
        loop.Add(new ControlGreeter(control, loop, until, this, reason => Log.PeerRefused(logger, control.Peer, "control", reason), options.Waiting));
        return true;
    }

    /// <summary>What a viewer's token opens.</summary>
    /// <param name="hello">What it said.</param>
    /// <param name="refusal">Why it is not let in. Null: it is.</param>
    /// <returns>Null, though it is let in: everything.</returns>
    public Admission? Admit(Hello hello, out ErrorNotice? refusal)
    {
        refusal = options.Tokens.TryAdmit(hello.Token, out var admission, out var why) ? null : new ErrorNotice { Code = TokenCheck.Code, Message = why };
        return admission;
    }

    /// <summary>Whether kn-sock's own clients are served.</summary>
    public bool ServesLegacy => options.Legacy is not null;

    /// <summary>Ties a control connection to the kn-sock client that it seems to be of.</summary>
    /// <param name="connection">The connection; nobody's until then.</param>
    /// <param name="early">The lines that have come.</param>
    /// <param name="refused">Is told why, if it is closed.</param>
    public void Attach(ControlConnection connection, IReadOnlyList<byte[]> early, Action<string> refused)
    {
        Track(AttachAsync());

        async Task AttachAsync()
        {
            if (!await options.Legacy!.TryTakeControlAsync(connection, early))
            {
                connection.Dispose();
                refused("it speaks as a kn-sock client, and none of its address waits for it");
            }
        }
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

    private static void CheckVersion(byte[] line)
    {
        var attach = MessageJson.ReadAttach(line);
        if (attach.KnSock is null)
        {
            throw new ProtocolException(ProtocolErrorCode.NotKnSock, "it is a kn-sock client, and this server is set not to serve those");
        }

        if (attach.KnSock != ProtocolLimits.Version)
        {
            throw new ProtocolException(ProtocolErrorCode.Version, $"it chose version {attach.KnSock}, which is not spoken here");
        }
    }

    /// <summary>A viewer whose connections are coming in.</summary>
    private sealed class Arrival
    {
        private bool _isReleased;

        public TaskCompletionSource<IncomingConnection> Audio { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource<ControlPeer> Control { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public bool TryAttach(IncomingConnection audio) => Audio.TrySetResult(audio);

        public bool TryAttach(ControlPeer control) => Control.TrySetResult(control);

        /// <summary>No connection for the sound is wanted.</summary>
        public void CloseAudio()
        {
            if (!Audio.TrySetCanceled() && Audio.Task.IsCompletedSuccessfully)
            {
                Audio.Task.Result.Dispose();
            }
        }

        /// <summary>The viewer has come; what it consists of belongs to its session.</summary>
        public void Release() => _isReleased = true;

        /// <summary>The viewer is not coming; what has come is closed, and what still comes is refused. Released, it does nothing.</summary>
        public void Close()
        {
            if (_isReleased)
            {
                return;
            }

            CloseAudio();
            if (!Control.TrySetCanceled() && Control.Task.IsCompletedSuccessfully)
            {
                Control.Task.Result.Connection.Dispose();
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

    /// <summary>Whom it lets in.</summary>
    public required TokenCheck Tokens { get; init; }

    /// <summary>Keeps account of what is kept for viewers who do not take it.</summary>
    public WaitingBytes? Waiting { get; init; }

    /// <summary>Serves kn-sock's own clients. Null: they are not served.</summary>
    public LegacyEndpoint? Legacy { get; init; }
}
