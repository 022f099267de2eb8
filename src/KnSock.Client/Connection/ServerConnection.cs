using KnSock.Client.Playout;
using KnSock.Media;
using KnSock.Protocol;
using KnSock.Protocol.Messages;

namespace KnSock.Client.Connection;

/// <summary>The connections of a viewer session after their handshake.</summary>
/// <param name="video">Carries the picture, and the sound where that has no connection of its own.</param>
/// <param name="audio">Carries the sound. Null: the picture's does.</param>
/// <param name="control">Carries messages both ways.</param>
/// <param name="controlLines">Finds the lines of the control connection.</param>
/// <param name="catalog">What the server offered.</param>
internal sealed partial class ServerConnection(Peer video, Peer? audio, Peer control, LineReader controlLines, Catalog catalog) : IServerConnection
{
    private static readonly TimeSpan FeedbackInterval = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan PingInterval = TimeSpan.FromSeconds(5);

    /// <summary>At first, until there are some to choose the best of.</summary>
    private static readonly TimeSpan FirstPingInterval = TimeSpan.FromSeconds(1);

    private const int FirstPings = 5;

    private static readonly TimeSpan SilenceLimit = TimeSpan.FromSeconds(10);

    private ErrorNotice? _lastError;

    /// <inheritdoc/>
    public IReadOnlyList<ChannelInfo> Channels => catalog.Channels;

    /// <inheritdoc/>
    public LiveStreamClientOptions Follow(LiveStreamClientOptions options) => options;

    /// <inheritdoc/>
    public async Task<ConnectionEnd> RunAsync(Playback playback, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var loops = new List<Task<ConnectionEnd>>
        {
            ConnectionEnd.OfAsync(new FrameReceiver(audio is null ? null : TrackKind.Video, video, playback).RunAsync(stop.Token)),
            ConnectionEnd.OfAsync(ListenAsync(playback, stop.Token)),
            ConnectionEnd.OfAsync(SpeakAsync(playback, stop.Token)),
        };
        if (audio is not null)
        {
            loops.Add(ConnectionEnd.OfAsync(new FrameReceiver(TrackKind.Audio, audio, playback).RunAsync(stop.Token)));
        }

        var first = await (await Task.WhenAny(loops));
        await stop.CancelAsync();
        await Task.WhenAll(loops);
        return _lastError is { } error && first.Kind == ConnectionEndKind.ClosedByServer
            ? first with { Message = $"was closed by the server: {ConnectFailure.Printable(error.Message)}" }
            : first;
    }

    /// <inheritdoc/>
    public async Task StopAsync(uint selection, CancellationToken cancellationToken)
    {
        try
        {
            await control.WriteAsync(MessageJson.WriteUrgentLine(new Stop { Selection = selection }), cancellationToken);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or OperationCanceledException)
        {
            // The connection is gone, which tells the server the same.
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await control.DisposeAsync();
        if (audio is not null)
        {
            await audio.DisposeAsync();
        }

        await video.DisposeAsync();
    }

    private async Task<ConnectionEnd> ListenAsync(Playback playback, CancellationToken cancellationToken)
    {
        while (await control.ReadLineAsync(controlLines, cancellationToken) is { } line)
        {
            var message = MessageJson.ReadControl(line);
            if (message is ErrorNotice error)
            {
                _lastError = error;
            }

            playback.OnReceived(0, isUnconfigured: false);
            if (message is not null)
            {
                playback.OnControl(message);
            }
        }

        return new ConnectionEnd(ConnectionEndKind.ClosedByServer, "was closed by the server");
    }

    private async Task<ConnectionEnd> SpeakAsync(Playback playback, CancellationToken cancellationToken)
    {
        var time = playback.Time;
        var nextPing = time.Elapsed();
        var nextFeedback = nextPing;
        var pings = 0;
        playback.OnConnected();
        while (true)
        {
            // Before the selection, whose first rung is to keep to it.
            if (playback.TakeUnsentLimits() is { } limits)
            {
                await control.WriteAsync(MessageJson.WriteUrgentLine(limits), cancellationToken);
            }

            if (playback.TakeUnsentSelect() is { } select)
            {
                await control.WriteAsync(MessageJson.WriteUrgentLine(select), cancellationToken);
            }

            var now = time.Elapsed();
            if (now >= nextPing)
            {
                nextPing = now + (pings++ < FirstPings ? FirstPingInterval : PingInterval);
                await control.WriteAsync(MessageJson.WriteUrgentLine(new Ping { Id = now.Ticks }), cancellationToken);
            }

            if (now >= nextFeedback)
            {
                nextFeedback = Later(nextFeedback + FeedbackInterval, now);
                if (playback.BuildFeedback() is { } feedback)
                {
                    await control.WriteAsync(MessageJson.WriteLine(feedback), cancellationToken);
                }
            }

            if (now - playback.LastReceived > SilenceLimit)
            {
                return new ConnectionEnd(ConnectionEndKind.Silent, $"was given up: nothing came for {SilenceLimit.TotalSeconds} s");
            }

            await playback.WaitForSelectAsync(nextFeedback - now, cancellationToken);
        }
    }

    private static TimeSpan Later(TimeSpan a, TimeSpan b) => a > b ? a : b;
}
