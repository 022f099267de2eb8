using KnSock.Client.Connection;
using KnSock.Client.Playout;

namespace KnSock.Client;

/// <summary>Runs a playback: the connection that fills it, brought back whenever it is lost, and the sink that empties it.</summary>
internal sealed class PlaybackRun(LiveStreamClientOptions options, IServerConnection first, Playback playback)
{
    /// <summary>A connection that held for so long was a good one: the next loss is not the continuation of the last.</summary>
    private static readonly TimeSpan HeldLongEnough = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan FarewellLimit = TimeSpan.FromMilliseconds(200);

    /// <summary>Runs until it is cancelled, the sink has had enough, the channel has ended, or the connection is lost for good.</summary>
    /// <exception cref="LiveStreamException">The connection is lost for good, or the server refused the channel.</exception>
    public async Task RunAsync(IMediaSink sink, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var sinking = sink.RunAsync(playback, stop.Token);
        var carrying = CarryAsync(stop.Token);
        var refused = ThrowWhenRefusedAsync();
        var firstToEnd = await Task.WhenAny(sinking, carrying, playback.Finished, refused);
        await stop.CancelAsync();
        playback.OnOver();
        await EndAsync(sinking, carrying);
        try
        {
            await firstToEnd;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Cancelling is the usual way to end a playback.
        }
    }

    private static async Task EndAsync(params Task[] tasks)
    {
        foreach (var task in tasks)
        {
            // The first reason to end is the one that counts; what follows from it is not to hide it.
            await task.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Never completes unless the server refuses the first selection.</summary>
    private async Task ThrowWhenRefusedAsync()
    {
        await playback.FirstSelection;
        await Task.Delay(Timeout.InfiniteTimeSpan, options.TimeProvider, CancellationToken.None);
    }

    private async Task CarryAsync(CancellationToken cancellationToken)
    {
        var connection = first;
        var backoff = new ReconnectBackoff(options.ReconnectTimeout, Environment.ProcessId ^ GetHashCode());
        while (true)
        {
            ConnectionEnd end;
            var began = options.TimeProvider.Elapsed();
            await using (connection)
            {
                end = await connection.RunAsync(playback, cancellationToken);
                if (cancellationToken.IsCancellationRequested)
                {
                    using var limit = new CancellationTokenSource(FarewellLimit, options.TimeProvider);
                    await connection.StopAsync(playback.Selection, limit.Token);
                    return;
                }
            }

            if (options.TimeProvider.Elapsed() - began > HeldLongEnough)
            {
                backoff.Reset();
            }

            connection = await ReconnectAsync(end, backoff, cancellationToken);
        }
    }

    private async Task<IServerConnection> ReconnectAsync(ConnectionEnd end, ReconnectBackoff backoff, CancellationToken cancellationToken)
    {
        LiveStreamException? last = null;
        while (backoff.Next(options.TimeProvider.Elapsed()) is { } wait)
        {
            await Task.Delay(wait, options.TimeProvider, cancellationToken);
            try
            {
                var connection = await new Handshake(options).ConnectAsync(cancellationToken);
                playback.OnReconnected(connection.Channels);
                return connection;
            }
            catch (LiveStreamException e)
            {
                last = e;
                if (e.IsFinal)
                {
                    break;
                }
            }
        }

        var address = ConnectFailure.AddressText(options.Host, options.VideoPort);
        var message = $"the connection to {address} {end.Message}"
            + (last is null ? string.Empty : last.IsFinal ? $": {last.Message}" : $", and could not be had again within {options.ReconnectTimeout.TotalSeconds:0.###} s: {last.Message}");
        playback.ReportError(message);
        throw last is null ? new LiveStreamException(message) : new LiveStreamException(message, last);
    }
}
