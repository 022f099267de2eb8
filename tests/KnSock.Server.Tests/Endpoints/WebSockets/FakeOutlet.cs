using System.Buffers.Binary;
using System.Runtime.InteropServices;
using KnSock.Server.Adaptation;
using KnSock.Server.Endpoints.WebSockets;
using KnSock.Server.Loops;

namespace KnSock.Server.Tests.Endpoints.WebSockets;

/// <summary>Takes as many bytes as it is told to, and takes WebSocket frames (RFC 6455, 5.2) apart.</summary>
internal sealed class FakeOutlet : IOutlet
{
    private readonly List<byte> _bytes = [];

    /// <summary>How many of so many bytes there is room for.</summary>
    public Func<int, int> Room { get; set; } = static length => length;

    /// <inheritdoc/>
    public TimeSpan? WaitingSince { get; private set; }

    /// <summary>The frames that have come whole: first byte and payload.</summary>
    public List<(byte First, byte[] Payload)> Frames { get; } = [];

    /// <summary>No WebSocket frame has come in part.</summary>
    public bool IsAtBoundary => _bytes.Count == 0;

    /// <summary>The content of all binary messages.</summary>
    public byte[] Stream => [.. Frames.Where(f => f.First == 0x82).SelectMany(f => f.Payload)];

    public int Write(Segments segments)
    {
        var left = Take(segments.Length);
        var room = left;
        for (var i = 0; i < segments.Count && left > 0; i++)
        {
            var part = segments[i][..Math.Min(left, segments[i].Length)];
            _bytes.AddRange(part.Span);
            left -= part.Length;
        }

        Parse();
        return room;
    }

    public int Write(ReadOnlySpan<byte> bytes)
    {
        var room = Take(bytes.Length);
        _bytes.AddRange(bytes[..room]);
        Parse();
        return room;
    }

    public LinkSample Sample(TimeSpan now) => new(0, IsBacklogged: false);

    public void AllowMore(bool more)
    {
    }

    public void Open(SenderLoop loop, LoopMember session, int tag)
    {
    }

    public void AwaitRoom()
    {
    }

    public void NoteRoom() => WaitingSince = null;

    public bool TryReadLater(bool later) => false;

    public void Dispose()
    {
    }

    private int Take(int length)
    {
        var room = Math.Min(Room(length), length);
        WaitingSince = room < length ? TimeSpan.Zero : null;
        return room;
    }

    private void Parse()
    {
        while (_bytes.Count >= 2)
        {
            var bytes = CollectionsMarshal.AsSpan(_bytes);
            var (start, length) = bytes[1] switch
            {
                126 => (4, bytes.Length < 4 ? int.MaxValue : BinaryPrimitives.ReadUInt16BigEndian(bytes[2..])),
                127 => (10, bytes.Length < 10 ? int.MaxValue : (int)BinaryPrimitives.ReadInt64BigEndian(bytes[2..])),
                var small => (2, small),
            };
            if (length > bytes.Length - start)
            {
                return;
            }

            Assert.Contains(bytes[0], (byte[])[0x82, 0x88, 0x8A]);
            Frames.Add((bytes[0], bytes.Slice(start, length).ToArray()));
            _bytes.RemoveRange(0, start + length);
        }
    }
}
