using System.Buffers.Binary;
using System.Text;
using KnSock.Fanout.Framing;
using KnSock.Media;
using KnSock.Protocol;

namespace KnSock.Fanout.Tests;

public sealed class ServerMessagesTests
{
    private const byte Binary = 0x82;
    private const byte BinaryBegun = 0x02;
    private const byte Continued = 0x00;
    private const byte ContinuedLast = 0x80;
    private const byte Pong = 0x8A;

    [Fact]
    public void However_the_bytes_are_split_the_same_content_comes_out()
    {
        // Each length of header; a message in pieces with a pong between them; one without content.
        byte[] content = [.. Enumerable.Range(0, 70_000).Select(i => (byte)(i * 7))];
        byte[] bytes =
        [
            .. Message(Binary, content.AsSpan(..5)), .. Message(Binary, []), .. Message(BinaryBegun, content.AsSpan(5..205)), .. Message(Pong, "hi"u8), .. Message(Continued, []),
            .. Message(ContinuedLast, content.AsSpan(205..300)), .. Message(Binary, content.AsSpan(300..)),
        ];
        Assert.Equal(content, Read(bytes, bytes.Length));
        foreach (var size in (int[])[1, 2, 3, 7, 100, 65_536])
        {
            Assert.Equal(content, Read(bytes, size));
        }

        for (var cut = 1; cut < 400; cut++)
        {
            var messages = new ServerMessages();
            List<byte> read = [.. Read(messages, bytes.AsSpan(0, cut)), .. Read(messages, bytes.AsSpan(cut))];
            Assert.Equal(content, read);
        }
    }

    [Fact]
    public void Frames_go_over_the_ends_of_messages_and_messages_of_the_server_lie_between_them_however_the_bytes_are_split()
    {
        byte[] stream =
        [
            .. FrameWriter.Message("{\"type\":\"selected\"}"u8), .. new SentFrames().Start().Picture(0, keyframe: true).Bytes, .. FrameWriter.Message("{\"type\":\"pong\"}"u8),
            .. new SentFrames().SoundStart().Sound(0).Bytes,
        ];
        foreach (var length in (int[])[1, 13, 44, 130, stream.Length])
        {
            byte[] bytes = [.. stream.Chunk(length).SelectMany(piece => Message(Binary, piece))];
            for (var cut = 0; cut < bytes.Length; cut++)
            {
                var (messages, verifier) = (new ServerMessages(), new FrameVerifier(ConnectionTracks.Shared | ConnectionTracks.Messages));
                List<string> said = [];
                List<FrameKind> kinds = [];
                Read(messages, bytes.AsSpan(0, cut), verifier, kinds, said);
                Read(messages, bytes.AsSpan(cut), verifier, kinds, said);
                Assert.Equal(["{\"type\":\"selected\"}", "{\"type\":\"pong\"}"], said);
                Assert.Equal(
                    [FrameKind.Message, FrameKind.Mark, FrameKind.Configuration, FrameKind.AccessUnit, FrameKind.Message, FrameKind.Mark, FrameKind.Configuration, FrameKind.AccessUnit],
                    kinds);
            }
        }
    }

    [Fact]
    public void A_message_among_the_frames_of_a_TCP_connection_is_a_fault() =>
        Assert.Throws<ProtocolException>(() =>
        {
            ReadOnlySpan<byte> bytes = FrameWriter.Message("{\"type\":\"pong\"}"u8);
            new FrameVerifier(ConnectionTracks.Shared).TryRead(ref bytes, out _);
        });

    [Fact]
    public void What_is_said_at_the_end_is_told_however_it_is_split()
    {
        byte[] bytes = [.. Message(Binary, [1, 2]), .. Message(0x88, [0x03, 0xE8, .. "the server is full"u8])];
        for (var size = 1; size <= bytes.Length; size++)
        {
            Assert.EndsWith("1000 the server is full", Assert.Throws<ProtocolException>(() => Read(bytes, size)).Message, StringComparison.Ordinal);
        }

        Assert.Throws<ProtocolException>(() => Read(Message(0x88, []), 1));
    }

    [Theory]
    [InlineData(0xC2, 0x01)]
    [InlineData(0x82, 0x81)]
    [InlineData(0x81, 0x01)]
    [InlineData(0x80, 0x01)]
    [InlineData(0x89, 0x00)]
    [InlineData(0x08, 0x00)]
    [InlineData(0x88, 0x7E)]
    public void What_a_server_may_not_send_is_a_fault(byte first, byte second) =>
        Assert.Equal(ProtocolErrorCode.Unexpected, Assert.Throws<ProtocolException>(() => Read([first, second, 0x40, 0, 0, 0, 0, 0, 0, 0], 10)).Code);

    [Fact]
    public void A_message_that_begins_within_another_is_a_fault() =>
        Assert.Throws<ProtocolException>(() => Read([.. Message(BinaryBegun, [1]), .. Message(Binary, [2])], 64));

    [Fact]
    public void What_a_client_says_is_what_a_server_that_takes_the_mask_off_reads()
    {
        var buffer = new byte[ClientMessage.LongestHeader + 4000];
        foreach (var length in (int[])[0, 1, 5, 125, 126, 300, 3999])
        {
            byte[] text = [.. Enumerable.Range(0, length).Select(i => (byte)(' ' + (i % 90)))];
            var written = buffer.AsSpan(0, ClientMessage.Write(buffer, text));
            Assert.Equal(0x81, written[0]);
            Assert.True((written[1] & 0x80) != 0);
            var isShort = (written[1] & 0x7F) < 126;
            Assert.Equal(length, isShort ? written[1] & 0x7F : BinaryPrimitives.ReadUInt16BigEndian(written[2..]));
            var mask = written.Slice(isShort ? 2 : 4, 4).ToArray();
            Assert.NotEqual(new byte[4], mask);
            var content = written[(isShort ? 6 : 8)..].ToArray();
            Assert.Equal(text, content.Select((b, i) => (byte)(b ^ mask[i % 4])));
        }
    }

    internal static byte[] Message(byte first, ReadOnlySpan<byte> content)
    {
        byte[] length = content.Length switch
        {
            < 126 => [(byte)content.Length],
            <= ushort.MaxValue => [126, (byte)(content.Length >> 8), (byte)content.Length],
            _ => [127, 0, 0, 0, 0, (byte)(content.Length >> 24), (byte)(content.Length >> 16), (byte)(content.Length >> 8), (byte)content.Length],
        };
        return [first, .. length, .. content];
    }

    private static List<byte> Read(byte[] bytes, int size)
    {
        var messages = new ServerMessages();
        return [.. bytes.Chunk(size).SelectMany(piece => Read(messages, piece))];
    }

    private static List<byte> Read(ServerMessages messages, ReadOnlySpan<byte> bytes)
    {
        List<byte> read = [];
        while (messages.TryRead(ref bytes, out var content))
        {
            read.AddRange(content);
        }

        Assert.True(bytes.IsEmpty);
        return read;
    }

    private static void Read(ServerMessages messages, ReadOnlySpan<byte> bytes, FrameVerifier verifier, List<FrameKind> kinds, List<string> said)
    {
        while (messages.TryRead(ref bytes, out var content))
        {
            while (content.Length > 0 && verifier.TryRead(ref content, out var frame))
            {
                kinds.Add(frame.Header.Kind);
                if (frame.Header.Kind == FrameKind.Message)
                {
                    said.Add(Encoding.UTF8.GetString(verifier.Message));
                }
            }
        }
    }
}
