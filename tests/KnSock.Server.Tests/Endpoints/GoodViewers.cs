using System.Diagnostics;
using KnSock.Protocol;
using KnSock.Protocol.Messages;
using KnSock.Server.Tests.Endpoints.Native;

namespace KnSock.Server.Tests.Endpoints;

/// <summary>Viewers who play with read-ahead and report, as clients do, and count when there was nothing to play.</summary>
internal sealed class GoodViewers
{
    private static readonly TimeSpan Target = TimeSpan.FromSeconds(2);

    /// <summary>With so much in its buffer a viewer has been sent the whole of a small video, which is encoded then.</summary>
    private static readonly TimeSpan Settled = TimeSpan.FromSeconds(6.5);

    private readonly List<(TestViewer Viewer, Task<int> Playing)> _viewers = [];
    private int _settled;
    private volatile bool _isOver;

    /// <summary>Adds one, who plays from now on.</summary>
    public async Task AddAsync(LiveStreamServer server)
    {
        var viewer = await TestViewer.ConnectAsync(server, sharedAudio: true);
        await viewer.SendAsync(new Select { Selection = 1, Channel = 0, From = StartPoint.Beginning });
        await viewer.ReceiveAsync<Selected>();
        _viewers.Add((viewer, PlayAsync(viewer)));
    }

    /// <summary>Waits until all have filled their buffers.</summary>
    public Task SettleAsync() => Eventually.TrueAsync(() => Volatile.Read(ref _settled) == _viewers.Count);

    /// <summary>Ends them.</summary>
    public async Task AssertNoStallsAsync()
    {
        _isOver = true;
        Assert.All(await Task.WhenAll(_viewers.Select(v => v.Playing)), stalls => Assert.Equal(0, stalls));
        Assert.All(_viewers, v => Assert.False(v.Viewer.VideoClosed.IsCompleted));
        _viewers.ForEach(v => v.Viewer.Dispose());
    }

    /// <returns>How often there was nothing to play, once its buffer had been full.</returns>
    private async Task<int> PlayAsync(TestViewer viewer)
    {
        var (stalls, turn, received, isStalled, isSettled) = (0, TimeSpan.Zero, TimeSpan.Zero, false, false);
        TimeSpan? began = null;
        while (!_isOver)
        {
            while (viewer.VideoFrames.TryDequeue(out var frame))
            {
                // A mark holds for its own track alone, and the sound may begin its turn later.
                var isPicture = !frame.Header.Flags.HasFlag(FrameFlags.Audio);
                turn = isPicture && frame.Mark is { } mark ? mark.TurnStart.SinceZero : turn;
                if (isPicture && frame.Header.Kind == FrameKind.AccessUnit)
                {
                    received = turn + frame.Header.Dts.SinceZero;
                }
            }

            if (received > Target)
            {
                began ??= Stopwatch.GetElapsedTime(0);
            }

            if (!isSettled && received > Settled)
            {
                isSettled = true;
                Interlocked.Increment(ref _settled);
            }

            var position = began is { } start ? Stopwatch.GetElapsedTime(0) - start : TimeSpan.Zero;
            var isDry = began is not null && position > received;
            stalls += isSettled && isDry && !isStalled ? 1 : 0;
            isStalled = isDry;
            var buffer = Math.Max(0, (received - position).TotalSeconds);
            await viewer.SendAsync(new Feedback
            {
                Selection = 1, State = began is null ? PlayoutState.Buffering : PlayoutState.Playing, PositionSeconds = position.TotalSeconds, VideoBufferSeconds = buffer, AudioBufferSeconds = buffer,
            });
            await Task.Delay(100, CancellationToken.None);
        }

        return stalls;
    }
}
