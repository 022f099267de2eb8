using System.Buffers;
using KnSock.Server.Access;
using KnSock.Server.Adaptation;
using KnSock.Server.Loops;

namespace KnSock.Server.Endpoints.WebSockets;

/// <summary>A stream of the web server's, where the socket cannot be written to: behind TLS, or where there is none. What is written is copied, one write at a time.</summary>
/// <param name="stream">The stream.</param>
/// <param name="clock">The server's clock.</param>
/// <param name="waiting">Keeps account of what is kept for those who do not take it. Null: nobody does.</param>
internal sealed class StreamOutlet(Stream stream, ServerClock clock, WaitingBytes? waiting = null) : IOutlet
{
    /// <summary>Bytes of a write: enough to keep a link busy, little enough to change one's mind.</summary>
    private const int Most = 32 * 1024;

    private const int MostOfPatient = 128 * 1024;

    private byte[] _bytes = [];
    private volatile bool _isWriting;
    private volatile Exception? _fault;
    private SenderLoop? _loop;
    private LoopMember? _session;
    private int _tag;
    private long _written;
    private bool _allowsMore;
    private volatile bool _isClosed;

    /// <inheritdoc/>
    public TimeSpan? WaitingSince { get; private set; }

    /// <inheritdoc/>
    public void Open(SenderLoop loop, LoopMember session, int tag) => (_loop, _session, _tag) = (loop, session, tag);

    /// <inheritdoc/>
    public void AwaitRoom()
    {
        // Otherwise the end of the write under way tells.
        if (!_isWriting)
        {
            Tell();
        }
    }

    /// <inheritdoc/>
    public void NoteRoom() => WaitingSince = null;

    /// <inheritdoc/>
    public int Write(Segments segments)
    {
        var taken = Begin(segments.Length);
        for (int i = 0, at = 0; at < taken; i++)
        {
            var part = segments[i].Span[..Math.Min(segments[i].Length, taken - at)];
            part.CopyTo(_bytes.AsSpan(at));
            at += part.Length;
        }

        return End(taken, segments.Length);
    }

    /// <inheritdoc/>
    public int Write(ReadOnlySpan<byte> bytes)
    {
        var taken = Begin(bytes.Length);
        bytes[..taken].CopyTo(_bytes);
        return End(taken, bytes.Length);
    }

    /// <inheritdoc/>
    /// <remarks>What the web server has taken is all that is seen; it takes little more than the link does.</remarks>
    public LinkSample Sample(TimeSpan now) => new(_written, WaitingSince is not null);

    /// <inheritdoc/>
    public void AllowMore(bool more) => _allowsMore = more;

    /// <inheritdoc/>
    public bool TryReadLater(bool later) => false;

    public void Dispose() => _isClosed = true;

    /// <summary>Bytes that can be taken now.</summary>
    private int Begin(int wanted)
    {
        if (_isWriting)
        {
            return 0;
        }

        if (_fault is { } fault)
        {
            throw new IOException("the viewer's connection broke", fault);
        }

        var taken = Math.Min(wanted, _allowsMore && waiting?.IsFull != true ? MostOfPatient : Most);
        _bytes = taken > 0 ? ArrayPool<byte>.Shared.Rent(taken) : [];
        return taken;
    }

    private int End(int taken, int wanted)
    {
        if (taken > 0)
        {
            _written += taken;
            _isWriting = true;
            waiting?.Add(taken);
            _ = PumpAsync(_bytes, taken);
        }

        if (taken == wanted)
        {
            WaitingSince = null;
        }
        else if (taken > 0 || WaitingSince is null)
        {
            WaitingSince = clock.Elapsed;
        }

        return taken;
    }

    private async Task PumpAsync(byte[] bytes, int length)
    {
        try
        {
            await stream.WriteAsync(bytes.AsMemory(0, length));
            await stream.FlushAsync();
        }
        catch (Exception e)
        {
            _fault = e;
        }

        waiting?.Add(-length);
        ArrayPool<byte>.Shared.Return(bytes);
        _isWriting = false;
        Tell();
    }

    private void Tell()
    {
        if (!_isClosed && _session is { } session)
        {
            _loop!.Tell(session, _tag, Interest.Write);
        }
    }
}
