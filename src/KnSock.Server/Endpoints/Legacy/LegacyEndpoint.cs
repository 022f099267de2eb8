using System.Net;
using System.Net.Sockets;
using KnSock.Protocol;
using KnSock.Server.Access;
using KnSock.Server.Channels;
using KnSock.Server.Endpoints.Native;
using KnSock.Server.Loops;
using KnSock.Server.Sessions;

namespace KnSock.Server.Endpoints.Legacy;

/// <summary>Serves kn-sock's own clients on the native ports, and brings the three connections of each together, which nothing on the wire ties to each other.</summary>
internal sealed class LegacyEndpoint(SessionContext context, ViewerSessions sessions, SenderLoops loops, TimeSpan handshakeTimeout)
{
    /// <summary>A connection for the sound that says nothing for so long may be one of a kn-sock client, which never says anything there.</summary>
    public static readonly TimeSpan Silence = TimeSpan.FromMilliseconds(250);

    /// <summary>The user of a kn-sock client is asked which of several videos it shall be before the client says anything; so long may that take.</summary>
    public static readonly TimeSpan ChoiceTimeout = TimeSpan.FromSeconds(60);

    /// <summary>So many connections may say nothing for longer than a handshake may take; further ones are closed then, so that nobody fills the server with silence.</summary>
    private const int MostUndecided = 64;

    private readonly Companions<Socket> _sounds = new();
    private readonly Companions<LegacyControl> _controls = new();
    private int _undecided;

    /// <summary>Waits until a connection on the video port that was greeted says something.</summary>
    /// <param name="video">The connection.</param>
    /// <param name="isAsked">There are several videos, so that a user may be asked.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="OperationCanceledException">It took too long, or it was cancelled.</exception>
    public async Task AwaitAnswerAsync(Socket video, bool isAsked, CancellationToken cancellationToken)
    {
        using (var usual = context.Clock.Deadline(handshakeTimeout, cancellationToken))
        {
            if (await IsReadableAsync(video, usual.Token))
            {
                return;
            }
        }

        var isPlaceFree = isAsked && Interlocked.Increment(ref _undecided) <= MostUndecided;
        try
        {
            using var choice = context.Clock.Deadline(ChoiceTimeout, cancellationToken);
            if (!isPlaceFree || !await IsReadableAsync(video, choice.Token))
            {
                throw new OperationCanceledException(choice.Token);
            }
        }
        finally
        {
            if (isAsked)
            {
                Interlocked.Decrement(ref _undecided);
            }
        }
    }

    /// <summary>The channel that an answer names.</summary>
    /// <param name="videos">The names that it was given to choose from.</param>
    /// <param name="index">Which of them; one that is not there stands for the last.</param>
    /// <exception cref="ProtocolException">It is not on offer any more.</exception>
    public Channel Find(IReadOnlyList<string> videos, int index)
    {
        var name = videos.Count > 0 ? videos[Math.Min(index, videos.Count - 1)] : null;
        return context.Channels.FirstOrDefault(c => c.Media.Legacy is not null && string.Equals(c.Name, name, StringComparison.Ordinal))
            ?? throw new ProtocolException(ProtocolErrorCode.Unexpected, "the video that it chose is not on offer any more");
    }

    /// <summary>Runs the session of a kn-sock client, in a place taken for it.</summary>
    /// <param name="video">The picture's connection; closed at the end.</param>
    /// <param name="peer">The viewer's address, for the log.</param>
    /// <param name="channel">What it watches.</param>
    /// <param name="place">The place.</param>
    public Task ServeAsync(Socket video, string peer, Channel channel, TakenPlace place)
    {
        var address = AddressOf(video);
        var loop = loops.Choose();
        return sessions.RunAsync(
            id =>
            {
                var session = new LegacySession(id, video, peer, channel, context, loop);
                _ = WantAsync(session, address);
                return session;
            },
            loop,
            place);
    }

    /// <summary>A connection on the audio port: waits for whose it is.</summary>
    /// <param name="socket">The connection.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>True: it belongs to a kn-sock client now. False: it has said something, or has ended, and is for others to deal with.</returns>
    /// <exception cref="OperationCanceledException">It said nothing in time, and nobody wanted it.</exception>
    public async Task<bool> TryTakeSoundAsync(Socket socket, CancellationToken cancellationToken)
    {
        using (var silence = context.Clock.Deadline(Silence, cancellationToken))
        {
            if (await IsReadableAsync(socket, silence.Token))
            {
                return false;
            }
        }

        cancellationToken.ThrowIfCancellationRequested();
        // It may still be another's whose first line is late, so it is given to none but a viewer that waits for one.
        var offer = _sounds.Have(AddressOf(socket), socket);
        using var decided = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var isReadable = IsReadableAsync(socket, decided.Token);
        await Task.WhenAny(isReadable, offer.Taken);
        if (!_sounds.TryWithdraw(offer))
        {
            await decided.CancelAsync();
            await isReadable;
            return true;
        }

        return await isReadable ? false : throw new OperationCanceledException(cancellationToken);
    }

    /// <summary>A connection on the control port that speaks as a kn-sock client does: waits for whose it is.</summary>
    /// <param name="control">The connection, which nobody listens to at present.</param>
    /// <param name="early">The lines that have come.</param>
    /// <returns>False if nobody wanted it in time.</returns>
    public async Task<bool> TryTakeControlAsync(ControlConnection control, IReadOnlyList<byte[]> early)
    {
        var offer = _controls.Have(AddressOf(control.Socket), new LegacyControl(control, early));
        await Task.WhenAny(offer.Taken, Task.Delay(handshakeTimeout, context.Clock.Provider, CancellationToken.None));
        return !_controls.TryWithdraw(offer);
    }

    /// <summary>Has a session wait for its other connections for as long as a handshake may take; without them it goes on as it is.</summary>
    private async Task WantAsync(LegacySession session, IPAddress address)
    {
        var sound = _sounds.Want(address, session.Attach);
        var control = _controls.Want(address, c => session.Attach(c.Connection, c.Early));
        await Task.WhenAny(session.Ended, Task.Delay(handshakeTimeout, context.Clock.Provider, CancellationToken.None));
        _sounds.Withdraw(sound);
        _controls.Withdraw(control);
    }

    /// <summary>Whether something can be read, or the end. False: it was cancelled.</summary>
    private static async Task<bool> IsReadableAsync(Socket socket, CancellationToken cancellationToken)
    {
        try
        {
            await socket.ReceiveAsync(Memory<byte>.Empty, SocketFlags.None, cancellationToken);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            return true;
        }
    }

    private static IPAddress AddressOf(Socket socket)
    {
        try
        {
            return socket.RemoteEndPoint is IPEndPoint { Address: var address } ? address : IPAddress.None;
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            return IPAddress.None;
        }
    }

    /// <summary>A control connection with the lines that came first.</summary>
    private sealed record LegacyControl(ControlConnection Connection, IReadOnlyList<byte[]> Early);
}
