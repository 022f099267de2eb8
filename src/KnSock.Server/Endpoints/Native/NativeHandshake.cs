using KnSock.Protocol;
using KnSock.Protocol.Messages;
using KnSock.Server.Access;
using KnSock.Server.Sessions;

namespace KnSock.Server.Endpoints.Native;

/// <summary>Ties the connections of one viewer together by the token of its greeting, and takes a place for it.</summary>
/// <param name="timeout">How long the connections of one may take to come.</param>
/// <param name="tokens">Whom it lets in.</param>
/// <param name="sessions">Has the places.</param>
/// <param name="clock">The server's clock.</param>
internal sealed class NativeHandshake(TimeSpan timeout, TokenCheck tokens, ViewerSessions sessions, ServerClock clock)
{
    private readonly Arrivals _arrivals = new();

    /// <summary>A viewer is greeted.</summary>
    /// <returns>What its connections come together in; to be given to <see cref="Close"/>.</returns>
    public Arrival Expect() => _arrivals.Expect();

    /// <summary>The viewer has come, or is not coming.</summary>
    public void Close(Arrival arrival) => _arrivals.Close(arrival);

    /// <summary>Waits for a viewer's other connections, and takes a place for it.</summary>
    /// <param name="video">The picture's connection.</param>
    /// <param name="line">What it answered to the greeting.</param>
    /// <param name="arrival">What its connections come together in.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>What runs its session.</returns>
    /// <exception cref="ProtocolException">It is not spoken to, or there is no place.</exception>
    public async Task<Func<Task>> BeginAsync(IncomingConnection video, byte[] line, Arrival arrival, CancellationToken cancellationToken)
    {
        CheckVersion(line);
        using var deadline = clock.Deadline(timeout, cancellationToken);
        var control = await arrival.Control.WaitAsync(deadline.Token);
        var isShared = control.Hello.SharedAudio == true;
        if (isShared)
        {
            arrival.CloseAudio();
        }

        var audio = isShared ? null : await arrival.Audio.WaitAsync(deadline.Token);
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

    /// <summary>Ties a connection for the sound to the viewer whose token it shows.</summary>
    /// <param name="audio">The connection.</param>
    /// <param name="line">The first line that it said. Null: it left without one.</param>
    /// <returns>Whether it is tied; then it is the viewer's.</returns>
    /// <exception cref="ProtocolException">The line is none of the protocol.</exception>
    public bool TryAttach(IncomingConnection audio, byte[]? line) =>
        line is not null && _arrivals.Find(MessageJson.ReadAttach(line).Session)?.TryAttach(audio) == true;

    /// <summary>Ties a control connection to the viewer whose token it shows.</summary>
    /// <returns>Why not. Null: it is tied; then it is the viewer's.</returns>
    public ErrorNotice? Attach(ControlPeer control) =>
        control.Hello.KnSock != ProtocolLimits.Version
            ? new ErrorNotice { Code = "version", Message = $"version {control.Hello.KnSock} is not spoken here; this server speaks {ProtocolLimits.Version}" }
        : _arrivals.Find(control.Hello.Session)?.TryAttach(control) == true ? null
        : new ErrorNotice { Code = "unknownSession", Message = "the session token is not known, or its time is up; connect to the video port again" };

    /// <summary>What a viewer's token opens.</summary>
    /// <param name="hello">What it said.</param>
    /// <param name="refusal">Why it is not let in. Null: it is.</param>
    /// <returns>Null, though it is let in: everything.</returns>
    public Admission? Admit(Hello hello, out ErrorNotice? refusal)
    {
        refusal = tokens.TryAdmit(hello.Token, out var admission, out var why) ? null : new ErrorNotice { Code = TokenCheck.Code, Message = why };
        return admission;
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
}
