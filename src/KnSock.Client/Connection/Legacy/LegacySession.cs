using KnSock.Client.Playout;
using KnSock.Media;
using KnSock.Protocol.Legacy;
using KnSock.Protocol.Messages;

namespace KnSock.Client.Connection.Legacy;

/// <summary>One video of a kn-sock server being played: its three connections, which nothing ties together but that they go to one machine.</summary>
/// <param name="options">Where the server is.</param>
/// <param name="video">The connection that the picture comes on.</param>
/// <param name="select">What was chosen.</param>
/// <param name="playback">Where it goes.</param>
internal sealed class LegacySession(LiveStreamClientOptions options, Peer video, Select select, Playback playback)
{
    private static readonly TimeSpan SilenceLimit = TimeSpan.FromSeconds(10);

    /// <summary>Before the first picture the server takes the sound out of the whole file.</summary>
    private static readonly TimeSpan PreparationLimit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(200);

    private readonly PictureReceiver _pictures = new(video, select.Selection, playback);

    /// <summary>What was chosen next, which ends this. Null: it was not that.</summary>
    public Select? Next { get; private set; }

    /// <summary>Runs until a connection ends or something else is chosen.</summary>
    /// <returns>The first reason; the others follow from it.</returns>
    public async Task<ConnectionEnd> RunAsync(CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Begin();
        var sound = new SoundReceiver(options, video.RemoteAddress, select.Selection, _pictures, playback);
        var loops = new List<Task<ConnectionEnd>>
        {
            ConnectionEnd.OfAsync(ChooseAsync(stop.Token)),
            ConnectionEnd.OfAsync(sound.RunAsync(stop.Token)),
            ConnectionEnd.OfAsync(new FeedbackSpeaker(options, video.RemoteAddress, playback).RunAsync(stop.Token)),
            ConnectionEnd.OfAsync(WatchAsync(stop.Token)),
        };
        var first = await (await Task.WhenAny(loops));
        await stop.CancelAsync();
        await Task.WhenAll(loops);
        return first;
    }

    /// <summary>What a KnSock server says of itself is said here in its place: that the choice was heard, and that its clock is ours.</summary>
    private void Begin()
    {
        var now = playback.Time.Elapsed();
        playback.OnReceived(0, isUnconfigured: false);
        playback.OnControl(new Selected { Selection = select.Selection, Channel = select.Channel ?? 0, StartSeconds = 0, MaxBufferSeconds = 0 });
        playback.OnControl(new Pong { Id = now.Ticks, Time = Timestamp.FromTimeSpan(now).Microseconds });
    }

    private async Task<ConnectionEnd> ChooseAsync(CancellationToken cancellationToken)
    {
        await video.WriteAsync(LegacySelection.Write(select.Channel ?? 0), cancellationToken);
        return await _pictures.RunAsync(cancellationToken);
    }

    /// <summary>Looks whether something else is chosen, and whether anything comes at all.</summary>
    private async Task<ConnectionEnd> WatchAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            // What a window has use for is nothing to such a server.
            playback.TakeUnsentLimits();
            if (playback.TakeUnsentSelect() is { } next)
            {
                Next = next;
                return new ConnectionEnd(ConnectionEndKind.Cancelled, "was left for another video");
            }

            var limit = _pictures.Begun.IsCompleted ? SilenceLimit : PreparationLimit;
            if (playback.Time.Elapsed() - playback.LastReceived > limit)
            {
                return new ConnectionEnd(ConnectionEndKind.Silent, $"was given up: nothing came for {limit.TotalSeconds} s");
            }

            await playback.WaitForSelectAsync(Glance, cancellationToken);
        }
    }
}
