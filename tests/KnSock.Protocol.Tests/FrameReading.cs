using KnSock.Testing;
using System.Buffers;

namespace KnSock.Protocol.Tests;

/// <summary>Feeds bytes to a frame reader, whole or in pieces, as a pipe does.</summary>
internal static class FrameReading
{
    /// <summary>Gives the whole frames, header and payload, in hex.</summary>
    public static List<string> Read(IEnumerable<byte[]> pieces, FrameReader reader, out long left)
    {
        var frames = new List<string>();
        var pending = new List<ReadOnlyMemory<byte>>();
        foreach (var piece in pieces)
        {
            pending.Add(piece);
            var buffer = Segments.Join(pending);
            while (reader.TryRead(ref buffer, out var frame))
            {
                var bytes = new byte[FrameHeader.Size + frame.Payload.Length];
                frame.Header.Write(bytes);
                frame.Payload.CopyTo(bytes.AsSpan(FrameHeader.Size));
                frames.Add(Convert.ToHexStringLower(bytes));
            }

            pending = [.. Segments.Split(buffer)];
        }

        left = pending.Sum(p => (long)p.Length);
        return frames;
    }

    /// <summary>Cuts bytes into pieces, some of them empty.</summary>
    public static IEnumerable<byte[]> Cut(byte[] stream, Random random)
    {
        var longest = random.Next(1, 100);
        for (var start = 0; start < stream.Length;)
        {
            var end = Math.Min(stream.Length, start + random.Next(0, longest + 1));
            yield return stream[start..end];
            start = end;
        }
    }
}
