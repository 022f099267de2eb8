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

    /// <summary>The user of a kn-sock client is asked which of several videos it shall be before the client says anything; so long may that take in all.</summary>
    public static readonly TimeSpan ChoiceTimeout = TimeSpan.FromSeconds(60);

    /// <summary>So many connections may say nothing for longer than a handshake may take; further ones are closed then, so that nobody fills the server with silence.</summary>
    public const int MostUndecided = 64;

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
        using var choice = context.Clock.Deadline(isAsked && ChoiceTimeout > handshakeTimeout ? ChoiceTimeout : handshakeTimeout, cancellationToken);
        using (var usual = context.Clock.Deadline(handshakeTimeout, choice.Token))
        {
            if (await IsReadableAsync(video, usual.Token))
            {
                return;
            }
        }

        try
        {
            if (Interlocked.Increment(ref _undecided) > MostUndecided || !await IsReadableAsync(video, choice.Token))
            {
                throw new OperationCanceledException(choice.Token);
            }
        }
        finally
        {
            Interlocked.Decrement(ref _undecided);
        }
    }

    /// <summary>Takes a place for a kn-sock client, which cannot be told where there is none.</summary>
    /// <param name="video">The picture's connection; the session's, once that runs.</param>
    /// <param name="videos">The names that it was given to choose from.</param>
    /// <param name="index">Which of them; one that is not there stands for the last.</param>
    /// <returns>What runs its session.</returns>
    /// <exception cref="ProtocolException">What it chose is not on offer any more, or there is no place.</exception>
    public Func<Task> Begin(IncomingConnection video, IReadOnlyList<string> videos, int index)
    {
        var channel = Find(videos, index);
        return sessions.TryTakePlace(video.Address, out var place, out var full)
            ? () => ServeAsync(video.Socket, video.Peer, channel, place)
            : throw new ProtocolException(ProtocolErrorCode.Unexpected, full);
    }

    /// <summary>A connection on the audio port: waits for whose it is.</summary>
    /// <param name="socket">The connection.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>True: it belongs to a kn-sock client now. False: it has said something, or has ended, and is for others to deal with.</returns>
    /// <exception cref="OperationCanceledException">It said nothing in time, and nobody wanted it.</exception>
    public async Task<bool> TryTakeSoundAsync(Socket socket, CancellationToken cancellationToken)
    {
        var offer = _sounds.Have(AddressOf(socket), socket);
        using var decided = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var isReadable = IsReadableAsync(socket, decided.Token);
        await Task.WhenAny(isReadable, Task.Delay(Silence, context.Clock.Provider, cancellationToken));
        if (!isReadable.IsCompleted)
        {
            // It may still be another's whose first line is late, so it is given to none but a viewer that waits for one.
            _sounds.Offered(offer);
            await Task.WhenAny(isReadable, offer.Taken);
        }

        if (!_sounds.TryWithdraw(offer))
        {
            await decided.CancelAsync();
            await isReadable;
            return true;
        }

        return await isReadable ? false : throw new OperationCanceledException(cancellationToken);
    }

    /// <summary>A connection on the control port that speaks as a kn-sock client does: waits for whose it is, and closes it if nobody wants it in time.</summary>
    /// <param name="control">The connection, which nobody listens to at present.</param>
    /// <param name="early">The lines that have come.</param>
    /// <param name="refused">Is told why, if it is closed.</param>
    /// <param name="cancellationToken">Has it closed at once.</param>
    public async Task AttachAsync(ControlConnection control, IReadOnlyList<byte[]> early, Action<string> refused, CancellationToken cancellationToken)
    {
        var offer = _controls.Have(AddressOf(control.Socket), new LegacyControl(control, early));
        _controls.Offered(offer);
        await Task.WhenAny(offer.Taken, Task.Delay(handshakeTimeout, context.Clock.Provider, cancellationToken));
        if (_controls.TryWithdraw(offer))
        {
            control.Dispose();
            refused("it speaks as a kn-sock client, and none of its address waits for it");
        }
    }

    private Channel Find(IReadOnlyList<string> videos, int index)
    {
        var name = videos.Count > 0 ? videos[Math.Min(index, videos.Count - 1)] : null;
        return context.Channels.FirstOrDefault(c => c.Media.Legacy is not null && string.Equals(c.Name, name, StringComparison.Ordinal))
            ?? throw new ProtocolException(ProtocolErrorCode.Unexpected, "the video that it chose is not on offer any more");
    }

    private Task ServeAsync(Socket video, string peer, Channel channel, TakenPlace place)
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
