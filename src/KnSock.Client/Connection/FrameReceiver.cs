using KnSock.Client.Playout;
using KnSock.Media;
using KnSock.Protocol;

namespace KnSock.Client.Connection;

/// <summary>Reads the frames of one connection into the playback. Where there is no room for them it stops reading, and TCP stops the server.</summary>
internal sealed class FrameReceiver(TrackKind track, Peer peer, Playback playback)
{
    private readonly FrameReader _frames = new();
    private readonly TrackTimeline _timeline = new(track);

    /// <summary>Reads until the server closes the connection.</summary>
    /// <exception cref="IOException">The connection broke.</exception>
    public async Task<ConnectionEnd> RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var result = await peer.Input.ReadAsync(cancellationToken);
            var buffer = result.Buffer;
            var before = buffer.Length;
            while (_frames.TryRead(ref buffer, out var frame))
            {
                var unit = _timeline.Accept(frame, playback.TurnLength);
                if (frame.Header.Kind == FrameKind.Mark && _timeline.Mark is { } mark)
                {
                    playback.OnMark(mark);
                }

                if (unit is { } arrived)
                {
                    await playback.AcceptAsync(track, arrived, cancellationToken);
                }
            }

            playback.OnReceived(before - buffer.Length, _timeline.Unconfigured > 0);
            peer.Input.AdvanceTo(buffer.Start, buffer.End);
            if (result.IsCompleted)
            {
                return new ConnectionEnd(ConnectionEndKind.ClosedByServer, $"was closed by the server (port {peer.Address})");
            }
        }
    }
}
