using KnSock.Protocol;
using KnSock.Server.Sessions;

namespace KnSock.Server.Endpoints.WebSockets;

/// <summary>A connection as the reader of WebSocket frames sees it: it reads from it, and what it would write, the answer to a ping, is handed to whoever writes.</summary>
/// <param name="connection">The connection.</param>
/// <param name="answer">Gets what would be written.</param>
/// <param name="clock">The server's clock.</param>
internal sealed class ReadingSide(Stream connection, Action<byte[]> answer, ServerClock clock) : Stream
{
    /// <summary>First byte of a pong (RFC 6455, 5.5.3). Closing is answered by closing.</summary>
    private const byte Pong = 0x8A;

    /// <summary>What of a viewer's messages comes together fits in; each is asked for in two small reads, and to ask the web server costs more than to hear a message.</summary>
    private const int Ahead = 4096;

    private readonly byte[] _ahead = new byte[Ahead];
    private readonly ControlFrames _control = new();
    private readonly ControlBudget _budget = new();
    private Memory<byte> _unread;

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanWrite => true;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <inheritdoc/>
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        _unread.IsEmpty && !buffer.IsEmpty ? FillAsync(buffer, cancellationToken) : ValueTask.FromResult(Take(buffer.Span));

    /// <inheritdoc/>
    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Write(buffer.Span);
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    /// <inheritdoc/>
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        if (buffer is [Pong, ..])
        {
            answer(buffer.ToArray());
        }
    }

    /// <inheritdoc/>
    public override void Flush()
    {
        // Whoever writes sends at once.
    }

    /// <inheritdoc/>
    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    private async ValueTask<int> FillAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        _unread = _ahead.AsMemory(0, await connection.ReadAsync(_ahead, cancellationToken));
        for (var left = _control.Count(_unread.Span); left > 0; left--)
        {
            if (!_budget.TrySpend(bytes: 0, isFeedback: false, clock.Elapsed))
            {
                throw new ProtocolException(ProtocolErrorCode.Unexpected, "it floods its connection with pings or empty frames");
            }
        }

        return Take(buffer.Span);
    }

    private int Take(Span<byte> buffer)
    {
        var taken = Math.Min(buffer.Length, _unread.Length);
        _unread.Span[..taken].CopyTo(buffer);
        _unread = _unread[taken..];
        return taken;
    }
}
