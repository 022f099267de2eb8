using KnSock.Client.Playout;
using KnSock.Protocol.Messages;

namespace KnSock.Client;

/// <summary>Connects to a live-stream server, lists its channels and plays one of them into a sink.</summary>
public sealed class LiveStreamClient : IAsyncDisposable
{
    private readonly LiveStreamClientOptions _options;

    /// <summary>Creates a client; nothing is connected yet.</summary>
    /// <exception cref="ArgumentException">An option is out of range; the message names it.</exception>
    public LiveStreamClient(LiveStreamClientOptions options) => _options = options;

    /// <summary>Connects and fetches the catalog.</summary>
    /// <exception cref="LiveStreamException">The server cannot be reached, or what answers is not one.</exception>
    public Task<IReadOnlyList<ChannelInfo>> ConnectAsync(CancellationToken cancellationToken) =>
        throw new LiveStreamException($"cannot connect to {_options.Host}");

    /// <summary>Plays a channel into a sink until it is cancelled or the sink has had enough; reconnects by itself.</summary>
    /// <returns>The figures of the whole playback; also when it was cancelled.</returns>
    /// <exception cref="LiveStreamException">The connection was lost and could not be had again in time.</exception>
    public Task<PlaybackStatistics> PlayAsync(ChannelInfo channel, IMediaSink sink, CancellationToken cancellationToken) =>
        throw new LiveStreamException($"cannot play {channel.Name} from {_options.Host}");

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
