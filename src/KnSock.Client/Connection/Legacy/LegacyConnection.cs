using KnSock.Protocol.Messages;

namespace KnSock.Client.Connection.Legacy;

/// <summary>A kn-sock server that was connected to. Each video that is chosen takes connections of its own; the first choice has the one with the greeting.</summary>
/// <param name="options">Where the server is.</param>
/// <param name="names">The names in its greeting.</param>
/// <param name="greeted">The connection that the greeting came on, unanswered. Null: it cannot be used any more.</param>
internal sealed class LegacyConnection(LiveStreamClientOptions options, IReadOnlyList<ChannelInfo> names, Peer? greeted) : IServerConnection
{
    private Peer? _greeted = greeted;

    /// <inheritdoc/>
    public IReadOnlyList<ChannelInfo> Channels => names;

    /// <inheritdoc/>
    public LiveStreamClientOptions Follow(LiveStreamClientOptions options) => options.StartAt > TimeSpan.Zero
        ? throw ConnectFailure.LegacyHasNoPositions(ConnectFailure.AddressText(options.Host, options.VideoPort))
        : options with { MaxBuffer = TimeSpan.Zero, FromBeginning = false, StartAt = null };

    /// <inheritdoc/>
    public async Task<ConnectionEnd> RunAsync(Playback playback, CancellationToken cancellationToken)
    {
        playback.OnConnected();
        var select = playback.TakeUnsentSelect();
        while (select is not null)
        {
            Peer video;
            try
            {
                video = await TakeVideoAsync(cancellationToken);
            }
            catch (LiveStreamException e)
            {
                return new ConnectionEnd(ConnectionEndKind.Lost, $"could not be had for another video: {e.Message}");
            }
            catch (OperationCanceledException)
            {
                return new ConnectionEnd(ConnectionEndKind.Cancelled, "was ended");
            }

            await using (video)
            {
                var session = new LegacySession(options, video, select, playback);
                var end = await session.RunAsync(cancellationToken);
                if (session.Next is null)
                {
                    return end;
                }

                select = session.Next;
            }
        }

        return new ConnectionEnd(ConnectionEndKind.Cancelled, "had nothing to play");
    }

    /// <summary>The connection of the greeting, or another one that was greeted.</summary>
    /// <exception cref="LiveStreamException">It cannot be had.</exception>
    private async Task<Peer> TakeVideoAsync(CancellationToken cancellationToken)
    {
        if (_greeted is null)
        {
            var again = (LegacyConnection)await new Handshake(options with { Legacy = true }).ConnectAsync(cancellationToken);
            return again._greeted!;
        }

        var peer = _greeted;
        _greeted = null;
        return peer;
    }

    /// <inheritdoc/>
    public Task StopAsync(uint selection, CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_greeted is { } peer)
        {
            _greeted = null;
            await peer.DisposeAsync();
        }
    }
}
