using System.Threading.Channels;

namespace KnSock.Testing.Network;

/// <summary>Bytes on their way through a link that takes its time: no more than a few are on it at once.</summary>
internal sealed class DelayLine(TimeSpan latency)
{
    private readonly Channel<(ReadOnlyMemory<byte> Data, TimeSpan Due)> _way =
        Channel.CreateBounded<(ReadOnlyMemory<byte>, TimeSpan)>(latency > TimeSpan.Zero ? 64 : 1);

    public ValueTask WriteAsync(ReadOnlyMemory<byte> data, TimeSpan now, CancellationToken cancellationToken) =>
        _way.Writer.WriteAsync((data, now + latency), cancellationToken);

    public void Complete() => _way.Writer.TryComplete();

    public IAsyncEnumerable<(ReadOnlyMemory<byte> Data, TimeSpan Due)> ReadAllAsync(CancellationToken cancellationToken) =>
        _way.Reader.ReadAllAsync(cancellationToken);
}
