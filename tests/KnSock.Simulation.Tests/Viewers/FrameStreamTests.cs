using KnSock.Media;
using KnSock.Protocol;
using KnSock.Simulation.Viewers;

namespace KnSock.Simulation.Tests.Viewers;

public class FrameStreamTests
{
    private static readonly byte[] Bytes = [.. Mark(), .. Unit(5000, 7), .. Unit(0, 8), .. Padding(300), .. Unit(20, 9)];

    [Fact]
    public void Finds_the_frames_however_the_bytes_are_split()
    {
        for (var seed = 0; seed < 200; seed++)
        {
            var (stream, random) = (new FrameStream(), new SeededRandom((ulong)seed));
            for (var at = 0; at < Bytes.Length;)
            {
                var part = Math.Min(Bytes.Length - at, 1 + (int)(random.NextDouble() * random.NextDouble() * 3000));
                stream.Write(Bytes.AsSpan(at, part), TimeSpan.FromSeconds(at));
                at += part;
            }

            Assert.Equal(Bytes.Length, stream.Bytes);
            Assert.Equal(FrameHeader.Size + 300, stream.PaddingBytes);
            Check(stream);
        }
    }

    [Fact]
    public void Gives_out_a_frame_when_its_last_byte_has_come()
    {
        var stream = new FrameStream();
        stream.Write(Bytes, TimeSpan.Zero);
        Assert.False(stream.TryTake(FrameWriter.MarkSize - 1, out _));
        Assert.True(stream.TryTake(FrameWriter.MarkSize, out var mark));
        Assert.Equal(FrameKind.Mark, mark.Header.Kind);
        Assert.False(stream.TryTake(FrameWriter.MarkSize + FrameHeader.Size + 4999, out _));
    }

    [Fact]
    public void Refuses_what_is_no_frame() =>
        Assert.Throws<InvalidOperationException>(() => new FrameStream().Write(new byte[FrameHeader.Size], TimeSpan.Zero));

    private static void Check(FrameStream stream)
    {
        var frames = new List<PassingFrame>();
        while (stream.TryTake(Bytes.Length, out var frame))
        {
            frames.Add(frame);
        }

        Assert.Equal([FrameKind.Mark, FrameKind.AccessUnit, FrameKind.AccessUnit, FrameKind.Padding, FrameKind.AccessUnit], frames.Select(f => f.Header.Kind));
        Assert.Equal(3U, Protocol.Mark.Read(frames[0].Payload).Selection);
        Assert.Equal([7U, 8U, 9U], frames.Where(f => f.Header.Kind == FrameKind.AccessUnit).Select(f => f.Header.Sequence));
        Assert.Equal(Bytes.Length, frames[^1].End);
    }

    private static byte[] Mark()
    {
        var bytes = new byte[FrameWriter.MarkSize];
        FrameWriter.Mark(bytes, new Mark { Selection = 3, TurnStart = default, SendTime = default, LiveEdge = default }, TrackKind.Video, 0, 0, discontinuity: true);
        return bytes;
    }

    private static byte[] Unit(int length, uint sequence) => FrameWriter.AccessUnit(
        new AccessUnit
        {
            Kind = TrackKind.Video, Sequence = sequence, Pts = default, Dts = default, Duration = TimeSpan.FromSeconds(0.1), IsKeyframe = true, Payload = new byte[length],
        },
        rendition: 1);

    private static byte[] Padding(int length)
    {
        var bytes = new byte[FrameHeader.Size + length];
        new FrameHeader { Kind = FrameKind.Padding, Length = length, PayloadChecksum = FrameHeader.Checksum(new byte[length].AsSpan()) }.Write(bytes);
        return bytes;
    }
}
