using KnSock.Client.Playout;
using KnSock.Media;
using KnSock.Protocol;

namespace KnSock.Client.Connection;

/// <summary>Reads the frames of one connection into the playback. Where there is no room for them it stops reading, and TCP stops the server.</summary>
/// <param name="only">The track that the connection carries. Null: both, told apart by their frames.</param>
/// <param name="peer">The connection.</param>
/// <param name="playback">Where they go.</param>
internal sealed class FrameReceiver(TrackKind? only, Peer peer, Playback playback)
{
    private readonly FrameReader _frames = new();
    private readonly TrackTimeline _picture = new(TrackKind.Video);
    private readonly TrackTimeline _sound = new(TrackKind.Audio);

    /// <summary>Reads until the server closes the connection.</summary>
    /// <exception cref="IOException">The connection broke.</exception>
    /// <exception cref="ProtocolException">What comes is damaged beyond hope, or one track comes so far without the other that playout can never go on.</exception>
    public async Task<ConnectionEnd> RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var result = await peer.Input.ReadAsync(cancellationToken);
            var buffer = result.Buffer;
            var before = buffer.Length;
            while (_frames.TryRead(ref buffer, out var frame))
            {
                var track = only ?? (frame.Header.Flags.HasFlag(FrameFlags.Audio) ? TrackKind.Audio : TrackKind.Video);
                if (Accept(frame, track == TrackKind.Video ? _picture : _sound) is { } arrived)
                {
                    await playback.AcceptAsync(track, arrived, isShared: only is null, cancellationToken);
                }
            }

            playback.OnReceived(before - buffer.Length, _picture.Unconfigured + _sound.Unconfigured > 0);
            peer.Input.AdvanceTo(buffer.Start, buffer.End);
            if (result.IsCompleted)
            {
                return new ConnectionEnd(ConnectionEndKind.ClosedByServer, $"was closed by the server (port {peer.Address})");
            }
        }
    }

    private ArrivedUnit? Accept(in Frame frame, TrackTimeline timeline)
    {
        var unit = timeline.Accept(frame, playback.TurnLength);
        if (frame.Header.Kind == FrameKind.Mark && timeline.Mark is { } mark)
        {
            playback.OnMark(mark);
        }

        return unit;
    }
}
