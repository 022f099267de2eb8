using System.Net.Sockets;
using KnSock.Protocol.Messages;
using KnSock.Server.Sessions;

namespace KnSock.Server.Endpoints.Native;

/// <summary>A viewer's three TCP connections. The viewer is gone as soon as the picture's or the control connection ends.</summary>
internal sealed class NativeViewerConnection : IViewerConnection
{
    private readonly Socket _video;
    private readonly Socket _audio;
    private readonly Socket _control;
    private readonly LineStream _messages;
    private readonly CancellationTokenSource _disposed = new();
    private readonly Task _pictureEnded;

    public NativeViewerConnection(Socket video, Socket audio, ControlPeer control, string peer, ServerClock clock)
    {
        (_video, _audio, _control, _messages) = (video, audio, control.Socket, control.Lines);
        (Peer, Client) = (peer, DisplayText.Clean(control.Hello.Client ?? "unknown"));
        (Video, Audio) = (new NativeMediaConnection(video, clock), new NativeMediaConnection(audio, clock));
        _pictureEnded = WaitForEndAsync();
    }

    /// <inheritdoc/>
    public string Peer { get; }

    /// <inheritdoc/>
    public string Client { get; }

    /// <inheritdoc/>
    public IMediaConnection Video { get; }

    /// <inheritdoc/>
    public IMediaConnection Audio { get; }

    /// <inheritdoc/>
    public async ValueTask<ControlMessage?> ReceiveAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var reading = _messages.ReadAsync(cancellationToken).AsTask();
            if (await Task.WhenAny(reading, _pictureEnded) != reading || await reading is not { } line)
            {
                cancellationToken.ThrowIfCancellationRequested();
                return null;
            }

            if (MessageJson.ReadControl(line) is { } message)
            {
                return message;
            }
        }
    }

    /// <inheritdoc/>
    public async ValueTask SendAsync(ControlMessage message, CancellationToken cancellationToken)
    {
        try
        {
            for (ReadOnlyMemory<byte> line = MessageJson.WriteLine(message); line.Length > 0;)
            {
                line = line[await _control.SendAsync(line, SocketFlags.None, cancellationToken)..];
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            throw new IOException("the viewer's control connection broke", e);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _disposed.CancelAsync();
        await _pictureEnded;
        _disposed.Dispose();
        _video.Dispose();
        _audio.Dispose();
        _control.Dispose();
    }

    /// <summary>The viewer sends nothing on the picture's connection; a read ends when the connection does.</summary>
    private async Task WaitForEndAsync()
    {
        var byteFromViewer = new byte[64];
        try
        {
            while (await _video.ReceiveAsync(byteFromViewer, SocketFlags.None, _disposed.Token) > 0)
            {
                // Bytes after the first line mean nothing in this version.
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // Ended.
        }
    }
}

/// <summary>A control connection after its hello.</summary>
internal sealed record ControlPeer(Socket Socket, LineStream Lines, Hello Hello);
