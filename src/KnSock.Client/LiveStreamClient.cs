using System.Runtime.CompilerServices;
using KnSock.Client.Connection;
using KnSock.Client.Playout;
using KnSock.Protocol.Messages;

namespace KnSock.Client;

/// <summary>Connects to a live-stream server, lists its channels and plays one of them into a sink.</summary>
/// <remarks>One playback at a time. A client whose playback has ended may play again; it connects anew by itself.</remarks>
public sealed class LiveStreamClient : IAsyncDisposable
{
    /// <summary>Who plays at once after connecting waits for the first picture from the start of connecting on; who chooses first, does not.</summary>
    private static readonly TimeSpan PlaysAtOnce = TimeSpan.FromSeconds(1);

    private LiveStreamClientOptions _options;
    private readonly CancellationTokenSource _disposed = new();
    private readonly SemaphoreSlim _one = new(1, 1);
    private IServerConnection? _connection;
    private TimeSpan _connectStarted;
    private TimeSpan _connectEnded;
    private Playback? _playback;

    /// <summary>Creates a client; nothing is connected yet.</summary>
    /// <exception cref="ArgumentException">An option is out of range; the message names it.</exception>
    public LiveStreamClient(LiveStreamClientOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        _options = options;
    }

    /// <summary>The figures of the playback that runs, or of the last one; also after it failed. Null before the first.</summary>
    public PlaybackStatistics? Statistics => _playback?.Statistics;

    /// <summary>Connects and fetches the catalog.</summary>
    /// <exception cref="LiveStreamException">The server cannot be reached, or what answers is not one.</exception>
    public async Task<IReadOnlyList<ChannelInfo>> ConnectAsync(CancellationToken cancellationToken)
    {
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _disposed.Token);
        await _one.WaitAsync(linked.Token);
        try
        {
            await CloseAsync();
            return (await OpenAsync(linked.Token)).Channels;
        }
        finally
        {
            _one.Release();
        }
    }

    /// <summary>Plays a channel into a sink until it is cancelled or the sink has had enough; reconnects by itself.</summary>
    /// <returns>The figures of the whole playback; also when it was cancelled.</returns>
    /// <exception cref="LiveStreamException">
    /// The connection was lost and could not be had again in time, or the server refused the channel. <see cref="Statistics"/> has the figures.
    /// </exception>
    public async Task<PlaybackStatistics> PlayAsync(ChannelInfo channel, IMediaSink sink, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(channel);
        ArgumentNullException.ThrowIfNull(sink);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _disposed.Token);
        await _one.WaitAsync(linked.Token);
        try
        {
            var now = _options.TimeProvider.Elapsed();
            var isAtOnce = _connection is null || now - _connectEnded < PlaysAtOnce;
            var connection = _connection ?? await OpenAsync(linked.Token);
            var playback = new Playback(connection.Follow(_options), connection.Channels, channel, isAtOnce ? _connectStarted : now);
            _playback = playback;
            _connection = null;
            await new PlaybackRun(_options, connection, playback).RunAsync(sink, linked.Token);
            return playback.Statistics;
        }
        finally
        {
            _one.Release();
        }
    }

    /// <summary>Asks the server why its viewers are sent the renditions that they are sent: the newest decisions of each, oldest first, and how things stand with it now.</summary>
    /// <param name="session">The viewer session, by the name that the server's log has for it. Null: all.</param>
    /// <param name="follow">Whether to go on with the decisions that are taken later, until it is cancelled.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="LiveStreamException">The server cannot be reached, refuses, or the connection was lost.</exception>
    public async IAsyncEnumerable<DecisionNotice> ExplainAsync(
        string? session, bool follow, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _disposed.Token);
        await _one.WaitAsync(linked.Token);
        try
        {
            var opened = _connection ?? await OpenAsync(linked.Token);
            var connection = opened as ServerConnection
                ?? throw ConnectFailure.LegacyExplainsNothing(ConnectFailure.AddressText(_options.Host, _options.VideoPort));
            await foreach (var decision in connection.AskAsync(new Why { Session = session, Follow = follow }, _options, linked.Token))
            {
                yield return decision;
            }
        }
        finally
        {
            await CloseAsync();
            _one.Release();
        }
    }

    /// <summary>Sets <see cref="LiveStreamClientOptions.MaxHeight"/> and <see cref="LiveStreamClientOptions.MaxBitrate"/> anew, also of the playback that runs.</summary>
    /// <param name="maxHeight">The most lines of a picture. Null: any.</param>
    /// <param name="maxBitrate">The highest rate of a rung, bit/s. Null: any.</param>
    /// <exception cref="ArgumentException">One is not above zero; the message names it.</exception>
    public void Limit(int? maxHeight, int? maxBitrate)
    {
        var options = _options with { MaxHeight = maxHeight, MaxBitrate = maxBitrate };
        options.Validate();
        _options = options;
        _playback?.Limit(maxHeight, maxBitrate);
    }

    /// <summary>Ends what runs, waits for it, and closes the connections.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_disposed.IsCancellationRequested)
        {
            return;
        }

        await _disposed.CancelAsync();
        await _one.WaitAsync();
        await CloseAsync();
        _one.Dispose();
        _disposed.Dispose();
    }

    private async Task<IServerConnection> OpenAsync(CancellationToken cancellationToken)
    {
        _connectStarted = _options.TimeProvider.Elapsed();
        _connection = await new Handshake(_options).ConnectAsync(cancellationToken);
        _connectEnded = _options.TimeProvider.Elapsed();
        return _connection;
    }

    private async Task CloseAsync()
    {
        if (Interlocked.Exchange(ref _connection, null) is { } connection)
        {
            await connection.DisposeAsync();
        }
    }
}
