using System.Buffers;
using KnSock.Protocol;
using KnSock.Server.Adaptation;
using KnSock.Server.Loops;
using KnSock.Server.Sessions;
using KnSock.Server.Tests.Endpoints.Native;

namespace KnSock.Server.Tests.Sessions;

/// <summary>Takes as many bytes as it is told to, and reads the frames in them; every frame must be whole and follow the one before.</summary>
internal sealed class FakeMediaConnection(ServerClock? clock = null) : IMediaConnection
{
    private readonly FrameReader _reader = new();
    private readonly List<Arrived> _frames = [];
    private readonly List<byte> _unread = [];

    /// <summary>How many of so many bytes there is room for at a write. All, unless a test says otherwise.</summary>
    public Func<int, int> Room { get; set; } = static length => length;

    /// <summary>Where the frames stood that each write carried whole: how many had come when it was over.</summary>
    public List<int> Writes { get; } = [];

    /// <inheritdoc/>
    public TimeSpan? WaitingSince { get; private set; }

    public IReadOnlyList<Arrived> Frames => _frames;

    public IEnumerable<Arrived> Units => _frames.Where(f => f.Header.Kind == FrameKind.AccessUnit);

    /// <summary>No frame has come in part.</summary>
    public bool IsAtFrameBoundary => _unread.Count == 0;

    /// <inheritdoc/>
    public int Write(Segments segments)
    {
        var room = Math.Min(Room(segments.Length), segments.Length);
        var left = room;
        for (var i = 0; i < segments.Count && left > 0; i++)
        {
            var part = segments[i][..Math.Min(left, segments[i].Length)];
            _unread.AddRange(part.Span);
            left -= part.Length;
        }

        Read();
        Writes.Add(_frames.Count);
        WaitingSince = room == segments.Length ? null : room > 0 ? clock?.Elapsed : WaitingSince ?? clock?.Elapsed;
        return room;
    }

    /// <inheritdoc/>
    public int Write(ReadOnlySpan<byte> bytes)
    {
        var segments = new Segments();
        segments.Add(bytes.ToArray(), 0);
        return Write(segments);
    }

    public void AllowMore(bool more)
    {
    }

    /// <summary>What is seen of the link. Nothing, unless a test says otherwise.</summary>
    public LinkSample Link { get; set; }

    public LinkSample Sample(TimeSpan now) => Link;

    private void Read()
    {
        var bytes = _unread.ToArray();
        var buffer = new ReadOnlySequence<byte>(bytes);
        while (_reader.TryRead(ref buffer, out var frame))
        {
            _frames.Add(new Arrived(frame.Header, frame.Header.Kind == FrameKind.Mark ? Mark.Read(frame.Payload.ToArray()) : null));
        }

        Assert.Equal(0, _reader.SkippedBytes);
        _unread.Clear();
        _unread.AddRange(bytes.AsSpan((int)(bytes.Length - buffer.Length)));
    }
}
