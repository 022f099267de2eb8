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
    private bool _isShared;
    private CancellationTokenSource? _sending;
    private double _limitSeconds;
    private long _bytesSent;
    private TaskCompletionSource _limitMoved = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private double _maxBuffer = 8;

    public bool IsOver { get; private set; }

    public long BytesSent => Interlocked.Read(ref _bytesSent);

    private static Timestamp Clock => Timestamp.FromTimeSpan(Stopwatch.GetElapsedTime(0));

    public void AttachAudio(Socket socket) => _audio.TrySetResult(socket);

    public void AttachControl(Socket socket, bool isShared) => (_control, _isShared) = (socket, isShared);

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
                MoveLimit(position + _maxBuffer);
                break;
            case Select { Channel: 99 } select:
                await SendControlAsync(new ErrorNotice { Code = "unknownChannel", Message = "there is no such channel", Selection = select.Selection });
                break;
            case Select select:
                await SelectAsync(select);
                break;
        }
    }

    private void MoveLimit(double seconds)
    {
        Volatile.Write(ref _limitSeconds, seconds);
        Interlocked.Exchange(ref _limitMoved, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();
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
        MoveLimit(start + _maxBuffer);
        await SendControlAsync(new Selected { Selection = select.Selection, Channel = channel.Info.Index, StartSeconds = start, MaxBufferSeconds = _maxBuffer });
        await SendControlAsync(new RenditionNotice { Selection = select.Selection, To = 0, Name = "x", AtSeconds = start, Reason = "first" });
        await SendControlAsync(new SoundNotice { Selection = select.Selection, BitsPerSecond = 24_000, AtSeconds = start, Reason = "poor" });
        var liveEdge = Clock - Timestamp.FromSeconds(edge);
        var picture = new FakeTrack(TrackKind.Video, channel, select.Selection, start, liveEdge);
        var sound = new FakeTrack(TrackKind.Audio, channel, select.Selection, start, liveEdge);
        if (_isShared)
        {
            _ = SendTracksAsync(Task.FromResult(video), _sending.Token, sound, picture);
        }
        else
        {
            _ = SendTracksAsync(Task.FromResult(video), _sending.Token, picture);
            _ = SendTracksAsync(_audio.Task, _sending.Token, sound);
        }
    }

    /// <summary>Sends the tracks on one connection, in the order of their times.</summary>
    private async Task SendTracksAsync(Task<Socket> connection, CancellationToken stop, params FakeTrack[] tracks)
    {
        try
        {
            var socket = await connection;
            while (true)
            {
                var track = tracks.MinBy(t => t.NextAt)!;
                while (!server.Floods && Volatile.Read(ref _limitMoved) is var moved && track.NextAt > Volatile.Read(ref _limitSeconds))
                {
                    await moved.Task.WaitAsync(stop);
                }

                foreach (var frame in track.Take(server.Rung, Clock))
                {
                    await SendAsync(socket, frame, stop);
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
        Interlocked.Add(ref _bytesSent, bytes.Length);
        for (var sent = 0; sent < bytes.Length;)
        {
            sent += await socket.SendAsync(bytes.AsMemory(sent), stop.IsCancellationRequested && sent > 0 ? CancellationToken.None : stop);
        }
    }
}
