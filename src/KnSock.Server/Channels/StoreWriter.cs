using System.Threading.Channels;
using KnSock.Server.Store;

namespace KnSock.Server.Channels;

/// <summary>
/// Takes what was encoded for viewers to the store, one GOP after the other. A disk that is slow or hangs keeps no encoder waiting: what is more
/// than a few GOPs behind is left out, and filled in later.
/// </summary>
internal sealed class StoreWriter
{
    private const int MostWaiting = 64;

    private readonly Channel<(StoredTrack Store, Gop Gop)> _queue =
        System.Threading.Channels.Channel.CreateBounded<(StoredTrack, Gop)>(new BoundedChannelOptions(MostWaiting) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });

    /// <summary>Has a complete GOP stored.</summary>
    public void Add(StoredTrack store, Gop gop) => _queue.Writer.TryWrite((store, gop));

    /// <summary>Writes until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var (store, gop) in _queue.Reader.ReadAllAsync(cancellationToken))
            {
                if (!store.Has(gop.Index))
                {
                    await store.PutAsync(gop, PutPurpose.Watched, cancellationToken);
                }
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The end of the server.
        }
    }
}
