using System.Net.Sockets;
using System.Threading.Tasks.Sources;

namespace KnSock.Server.Endpoints.Tls;

/// <summary>
/// What lies below TLS: encrypted bytes from and to a socket. During the handshake it waits for the socket, as any stream does. Afterwards it waits for nothing: what is written is collected, and a
/// read that finds nothing is completed by <see cref="OnReadable"/>, on the thread that calls that.
/// </summary>
internal sealed class CipherStream(Socket socket) : Stream, IValueTaskSource<int>
{
    /// <summary>The most that is taken from the kernel at one look: who sends without end, and be it nothing in many records, holds up nobody.</summary>
    private const int MostAtOnce = 64 * 1024;

    private ManualResetValueTaskSourceCore<int> _reading;
    private Memory<byte> _room;
    private bool _isReading;
    private bool _waits = true;
    private int _left;

    /// <summary>What was written and is to be sent. Empty but for the moment of a call.</summary>
    public CipherText Written { get; } = new();

    /// <summary>Bytes that have come since nothing waits.</summary>
    public long Received { get; private set; }

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

    /// <summary>From now on nothing waits.</summary>
    public void StopWaiting()
    {
        socket.Blocking = false;
        _waits = false;
    }

    /// <summary>Something may have come: the read that waits for it goes on.</summary>
    public void OnReadable()
    {
        _left = MostAtOnce;
        if (!_isReading)
        {
            return;
        }

        try
        {
            // Of a read without room only the moment is wanted; memory is taken when there is something to put there. What is too little to be told of (SO_RCVLOWAT) is something, too.
            var count = !_room.IsEmpty ? Receive(_room) : socket.Available > 0 || socket.Poll(0, SelectMode.SelectRead) ? 0 : -1;
            if (count >= 0)
            {
                _isReading = false;
                _reading.SetResult(count);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            _isReading = false;
            _reading.SetException(new IOException("the viewer's connection broke", e));
        }
    }

    /// <inheritdoc/>
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_waits)
        {
            return socket.ReceiveAsync(buffer, SocketFlags.None, cancellationToken);
        }

        if (!buffer.IsEmpty && _left > 0 && Receive(buffer) is >= 0 and var count)
        {
            return ValueTask.FromResult(count);
        }

        _reading.Reset();
        (_room, _isReading) = (buffer, true);
        return new ValueTask<int>(this, _reading.Version);
    }

    /// <inheritdoc/>
    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (!_waits)
        {
            Written.Add(buffer.Span);
            return;
        }

        while (!buffer.IsEmpty)
        {
            buffer = buffer[await socket.SendAsync(buffer, SocketFlags.None, cancellationToken)..];
        }
    }

    /// <inheritdoc/>
    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <inheritdoc/>
    public override void Write(ReadOnlySpan<byte> buffer) => Written.Add(buffer);

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => Written.Add(buffer.AsSpan(offset, count));

    /// <inheritdoc/>
    public override void Flush()
    {
        // Whoever had it written sends it.
    }

    /// <inheritdoc/>
    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    public int GetResult(short token) => _reading.GetResult(token);

    /// <inheritdoc/>
    public ValueTaskSourceStatus GetStatus(short token) => _reading.GetStatus(token);

    /// <inheritdoc/>
    public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _reading.OnCompleted(continuation, state, token, flags);

    /// <summary>Bytes that have come; 0: the other side has closed, -1: nothing.</summary>
    private int Receive(Memory<byte> room)
    {
        var count = socket.Receive(room.Span, SocketFlags.None, out var error);
        Received += count;
        _left -= count;
        return error switch
        {
            SocketError.Success => count,
            SocketError.WouldBlock or SocketError.IOPending => -1,
            _ => throw new SocketException((int)error),
        };
    }
}
