using System.Buffers;
using KnSock.Protocol;
using KnSock.Server.Adaptation;
using KnSock.Server.Sessions;
using KnSock.Server.Tests.Endpoints.Native;

namespace KnSock.Server.Tests.Sessions;

/// <summary>Takes frames and reads them; every write must be whole frames.</summary>
internal sealed class FakeMediaConnection : IMediaConnection
{
    private readonly FrameReader _reader = new();
    private readonly Lock _lock = new();
    private readonly List<Arrived> _frames = [];

    /// <summary>Awaited by each write before it takes anything.</summary>
    public Func<Task>? Gate { get; set; }

    public TimeSpan? WaitingSince => null;

    public IReadOnlyList<Arrived> Frames
    {
        get
        {
            lock (_lock)
            {
                return [.. _frames];
            }
        }
    }

    public IEnumerable<Arrived> Units => Frames.Where(f => f.Header.Kind == FrameKind.AccessUnit);

    public async ValueTask WriteAsync(ReadOnlyMemory<byte> frames, CancellationToken cancellationToken)
    {
        if (Gate is { } gate)
        {
            await gate().WaitAsync(cancellationToken);
        }

        lock (_lock)
        {
            var buffer = new ReadOnlySequence<byte>(frames.ToArray());
            while (_reader.TryRead(ref buffer, out var frame))
            {
                _frames.Add(new Arrived(frame.Header, frame.Header.Kind == FrameKind.Mark ? Mark.Read(frame.Payload.ToArray()) : null));
            }

            Assert.True(buffer.IsEmpty, "a write ended within a frame");
            Assert.Equal(0, _reader.SkippedBytes);
        }
    }

    public LinkSample Sample() => new(0, IsBacklogged: false);
}
