using KnSock.Client.Playout;

namespace KnSock.Player;

/// <summary>Plays a channel without showing it: every frame is decoded and checked, every sample is timed.</summary>
public sealed class HeadlessSink : IMediaSink
{
    /// <inheritdoc/>
    public Task RunAsync(IPlayback playback, CancellationToken cancellationToken) =>
        new DecodingSink(() => new VideoDecoder(), () => new AudioDecoder(), new DiscardingVideoOutput(), new SilentAudioOutput(playback.Time))
            .RunAsync(playback, cancellationToken);
}
