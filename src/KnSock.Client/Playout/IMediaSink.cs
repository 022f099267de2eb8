namespace KnSock.Client.Playout;

/// <summary>What a channel is played into: nothing, callbacks, a file, a window.</summary>
public interface IMediaSink
{
    /// <summary>Takes access units from the playback until it is cancelled or the sink has had enough (its window was closed).</summary>
    /// <param name="playback">The jitter buffers, the clock and the controls of what is played; valid until the task ends.</param>
    /// <param name="cancellationToken">Ends the playback.</param>
    Task RunAsync(IPlayback playback, CancellationToken cancellationToken);
}
