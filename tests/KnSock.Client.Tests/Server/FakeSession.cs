using System.Diagnostics;
using System.Net.Sockets;
using KnSock.Media;
using KnSock.Protocol;
using KnSock.Protocol.Messages;

namespace KnSock.Client.Tests.Server;

/// <summary>One viewer session of the <see cref="FakeServer"/>.</summary>
internal sealed class FakeSession(FakeServer server, Socket video, CancellationToken cancellationToken)
{
    private readonly TaskCompletionSource<Socket> _audio = new();
    private Socket? _control;
    private CancellationTokenSource? _sending;
    private double _limitSeconds;
    private double _maxBuffer = 8;

    public bool IsOver { get; private set; }

    public long BytesSent { get; private set; }

    private static Timestamp Clock => Timestamp.FromTimeSpan(Stopwatch.GetElapsedTime(0));

    public void AttachAudio(Socket socket) => _audio.TrySetResult(socket);

    public void AttachControl(Socket socket) => _control = socket;

    public void Close()
    {
        IsOver = true;
        _sending?.Cancel();
        video.Dispose();
        _control?.Dispose();
        if (_audio.Task.IsCompletedSuccessfully)
        {
            _audio.Task.Result.Dispose();
        }
    }

    public async Task SendVideoAsync(byte[] bytes) => await video.SendAsync(bytes, cancellationToken);

    public async Task SendControlAsync(ControlMessage message) => await _control!.SendAsync(MessageJson.WriteLine(message), cancellationToken);

    public async Task OnControlAsync(ControlMessage message)
    {
        switch (message)
        {
            case Ping ping:
                await SendControlAsync(new Pong { Id = ping.Id, Time = Clock.Microseconds });
                break;
            case Feedback { PositionSeconds: { } position }:
                _limitSeconds = position + _maxBuffer;
                break;
            case Select { Channel: 99 } select:
                await SendControlAsync(new ErrorNotice { Code = "unknownChannel", Message = "there is no such channel", Selection = select.Selection });
                break;
            case Select select:
                await SelectAsync(select);
                break;
        }
    }

    private async Task SelectAsync(Select select)
    {
        if (_sending is not null)
        {
            await _sending.CancelAsync();
        }

        _sending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var channel = server.Channels[select.Channel ?? 0];
        var edge = select.From switch
        {
            StartPoint.Live => Clock.TotalSeconds,
            StartPoint.Position => select.PositionSeconds ?? 0,
            _ => 0,
        };
        var start = Math.Floor(edge);
        _maxBuffer = select.MaxBufferSeconds ?? 8;
        _limitSeconds = start + _maxBuffer;
        await SendControlAsync(new Selected { Selection = select.Selection, Channel = channel.Info.Index, StartSeconds = start, MaxBufferSeconds = _maxBuffer });
        await SendControlAsync(new RenditionNotice { Selection = select.Selection, To = 0, Name = "x", AtSeconds = start, Reason = "first" });
        var liveEdge = Clock - Timestamp.FromSeconds(edge);
        _ = SendTrackAsync(TrackKind.Video, channel, select.Selection, start, liveEdge, _sending.Token);
        _ = SendTrackAsync(TrackKind.Audio, channel, select.Selection, start, liveEdge, _sending.Token);
    }

    private async Task SendTrackAsync(
        TrackKind track, SyntheticChannel channel, uint selection, double startSeconds, TimeSpan edgeOffset, CancellationToken stop)
    {
        try
        {
            var socket = track == TrackKind.Video ? video : await _audio.Task;
            var turn = (long)(startSeconds / channel.Length.TotalSeconds);
            var marks = 0u;
            var rung = -1;
            for (var isFirst = true; ; turn++)
            {
                var turnStart = Timestamp.FromTimeSpan(channel.Length * turn);
                var count = track == TrackKind.Video ? channel.Rungs[0].Length : channel.Sound.Length;
                for (var i = 0; i < count; i++)
                {
                    var unit = track == TrackKind.Video ? channel.Rungs[0][i] : channel.Sound[i];
                    var at = (turnStart + unit.Pts.SinceZero).TotalSeconds;
                    if (at < startSeconds)
                    {
                        continue;
                    }

                    while (!server.Floods && at > _limitSeconds)
                    {
                        await Task.Delay(10, stop);
                    }

                    var isSwitch = track == TrackKind.Video ? unit.IsKeyframe && rung != server.Rung : rung < 0;
                    rung = isSwitch ? (track == TrackKind.Video ? server.Rung : 0) : rung;
                    if (isFirst || i == 0 || isSwitch || i % 4 == 0)
                    {
                        var mark = new byte[FrameWriter.MarkSize];
                        var now = Clock;
                        FrameWriter.Mark(
                            mark, new Mark { Selection = selection, TurnStart = turnStart, SendTime = now, LiveEdge = now - edgeOffset }, track, rung, marks++, isFirst);
                        await SendAsync(socket, mark, stop);
                        isFirst = false;
                    }

                    if (isSwitch)
                    {
                        await SendAsync(
                            socket,
                            FrameWriter.Configuration(track == TrackKind.Video ? SyntheticChannel.VideoSetup(rung) : SyntheticChannel.AudioSetup, rung),
                            stop);
                    }

                    await SendAsync(socket, FrameWriter.AccessUnit(track == TrackKind.Video ? channel.Rungs[rung][i] : unit, rung), stop);
                }
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // The client went away or selected something else.
        }
    }

    private async Task SendAsync(Socket socket, byte[] frame, CancellationToken stop)
    {
        var bytes = server.Damage(frame);
        BytesSent += bytes.Length;
        for (var sent = 0; sent < bytes.Length;)
        {
            sent += await socket.SendAsync(bytes.AsMemory(sent), stop.IsCancellationRequested && sent > 0 ? CancellationToken.None : stop);
        }
    }
}
