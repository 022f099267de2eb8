using KnSock.Media;
using KnSock.Protocol;
using KnSock.Server.Diagnostics;

namespace KnSock.Server.Sessions;

/// <summary>Gathers frames that go out together, so that small ones do not cost a system call each.</summary>
internal sealed class FrameBatch(IMediaConnection connection, ServerMetrics metrics)
{
    private const int Capacity = 16 * 1024;

    private readonly byte[] _bytes = new byte[Capacity];
    private int _count;
    private uint _marks;

    /// <summary>Adds a mark.</summary>
    public async ValueTask AddMarkAsync(Mark mark, TrackKind track, int rendition, bool discontinuity, CancellationToken cancellationToken)
    {
        if (Capacity - _count < FrameWriter.MarkSize)
        {
            await FlushAsync(cancellationToken);
        }

        FrameWriter.Mark(_bytes.AsSpan(_count), mark, track, rendition, _marks++, discontinuity);
        _count += FrameWriter.MarkSize;
    }

    /// <summary>Adds a frame; one that does not fit goes out by itself, without a copy.</summary>
    public async ValueTask AddAsync(ReadOnlyMemory<byte> frame, CancellationToken cancellationToken)
    {
        if (Capacity - _count < frame.Length)
        {
            await FlushAsync(cancellationToken);
        }

        if (frame.Length > Capacity)
        {
            await WriteAsync(frame, cancellationToken);
            return;
        }

        frame.CopyTo(_bytes.AsMemory(_count));
        _count += frame.Length;
    }

    /// <summary>Sends what was gathered.</summary>
    public async ValueTask FlushAsync(CancellationToken cancellationToken)
    {
        if (_count > 0)
        {
            var count = _count;
            _count = 0;
            await WriteAsync(_bytes.AsMemory(0, count), cancellationToken);
        }
    }

    private async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        await connection.WriteAsync(bytes, cancellationToken);
        metrics.Sent(bytes.Length);
    }
}
