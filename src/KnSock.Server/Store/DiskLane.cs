using System.Threading.Channels;

namespace KnSock.Server.Store;

/// <summary>
/// Lets work with the disk run beside its caller, a few pieces at a time. File operations block their thread whatever they are called; on a disk that
/// hangs, these few threads hang, and callers leave by their token.
/// </summary>
internal sealed class DiskLane(int width)
{
    // What is in it is what runs; who cannot write waits for a place.
    private readonly Channel<bool> _running = Channel.CreateBounded<bool>(width);

    /// <summary>Runs a piece of work. When the token is cancelled, the caller goes on and the work ends by itself.</summary>
    public async Task<T> RunAsync<T>(Func<T> work, CancellationToken cancellationToken)
    {
        await _running.Writer.WriteAsync(item: true, cancellationToken);
        var running = Task.Run(
            () =>
            {
                try
                {
                    return work();
                }
                finally
                {
                    _running.Reader.TryRead(out _);
                }
            },
            CancellationToken.None);
        return await running.WaitAsync(cancellationToken);
    }
}
