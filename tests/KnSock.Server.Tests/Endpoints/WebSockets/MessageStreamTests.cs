using System.Buffers;
using KnSock.Protocol;
using KnSock.Server.Endpoints.WebSockets;
using KnSock.Server.Loops;

namespace KnSock.Server.Tests.Endpoints.WebSockets;

/// <summary>Whatever the outlet takes at a time, frames come out whole and in order, messages between them and not within them.</summary>
public sealed class MessageStreamTests
{
    private static readonly byte[][] Media = [.. Enumerable.Range(0, 60).Select(i => Padding(i, i % 7 == 0 ? 70_000 : 13 * i))];

    [Fact]
    public void WhatGoesOutAtOnceIsOneMessage()
    {
        var outlet = new FakeOutlet();
        var stream = new MessageStream(outlet);

        Assert.Equal(Media[1].Length + Media[2].Length, stream.Write(Gather(Media[1], Media[2])));
        Assert.Equal(Media[3].Length, stream.Write(Media[3].AsSpan()));
        Assert.Equal([.. Media[1], .. Media[2]], outlet.Frames[0].Payload);
        Assert.Equal(Media[3], outlet.Frames[1].Payload);
        Assert.Equal(2, outlet.Frames.Count);
    }

    /// <summary>A browser hands nothing on of a message that has not come whole: a long one would hold up the frames in it on a slow link.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void MuchGoesOutAsShortMessages(bool inOnePiece)
    {
        var outlet = new FakeOutlet();
        var stream = new MessageStream(outlet);

        Assert.Equal(3 * Media[7].Length, Write(stream, inOnePiece, Media[7], Media[14], Media[21]));
        Assert.All(outlet.Frames, f => Assert.InRange(f.Payload.Length, 1, 32 * 1024));
        Assert.Equal([.. Media[7], .. Media[14], .. Media[21]], outlet.Frames.SelectMany(f => f.Payload).ToArray());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void FramesAndMessagesComeWholeWhateverIsTaken(bool inOnePiece)
    {
        for (var seed = 0; seed < 300; seed++)
        {
            var random = new Random(seed);
            var most = random.Next(1, 9) switch { 1 => 3, 2 => 40, _ => random.Next(50, 200_000) };
            var outlet = new FakeOutlet { Room = _ => random.Next(3) == 0 ? 0 : random.Next(1, most + 1) };
            var stream = new MessageStream(outlet);
            var said = Send(stream, random, inOnePiece);
            outlet.Room = static length => length;
            Assert.True(stream.TrySendWaiting(), $"seed {seed}");

            var frames = Read(outlet.Stream);
            // What was announced last may wait for more.
            var media = frames.Where(f => f.Header.Kind == FrameKind.Padding).Select(f => (int)f.Header.Sequence).ToList();
            Assert.True(media.SequenceEqual(Enumerable.Range(0, media.Count)), $"seed {seed}: {string.Join(' ', media)}");
            var messages = frames.Where(f => f.Header.Kind == FrameKind.Message).Select(f => System.Text.Encoding.UTF8.GetString(f.Payload)).ToList();
            Assert.True(messages.SequenceEqual(said.Take(messages.Count), StringComparer.Ordinal), $"seed {seed}");
            Assert.True(outlet.IsAtBoundary ? media.Count == Media.Length && messages.Count == said.Count : media.Count > 0, $"seed {seed}");
        }
    }

    [Fact]
    public void AMessageIsNotHeldUpByWhatWasAnnouncedAndIsNotSentAnyMore()
    {
        var left = 300;
        var outlet = new FakeOutlet { Room = length => Math.Min(length, left) };
        var stream = new MessageStream(outlet);
        // 300 bytes are taken of two frames; the rest of the first one follows, the second one is never sent.
        var taken = stream.Write(Gather(Media[30], Media[31]));
        stream.NoteCut(Media[30].Length - taken);
        Assert.InRange(taken, 290, 300);
        stream.Send("{\"type\":\"pong\"}"u8);
        left = int.MaxValue;
        stream.Write(Gather(Media[30][taken..]));
        Assert.False(stream.IsBlocked && !stream.TrySendWaiting());
        // What fills the announced message makes it whole for the viewer.
        stream.Write(Gather(Media[32]));

        Assert.Equal([FrameKind.Padding, FrameKind.Message, FrameKind.Padding], Read(outlet.Stream).Select(f => f.Header.Kind));
    }

    [Fact]
    public void APingIsAnsweredBetweenMessages()
    {
        var left = 10;
        var outlet = new FakeOutlet { Room = length => Math.Min(length, left) };
        var stream = new MessageStream(outlet);
        stream.NoteCut(Media[5].Length - stream.Write(Gather(Media[5])));
        stream.Answer([0x8A, 2, 7, 8]);
        left = int.MaxValue;
        stream.TrySendWaiting();
        Assert.DoesNotContain(outlet.Frames, f => f.First == 0x8A);

        stream.Write(Gather(Media[5][8..]));
        stream.TrySendWaiting();
        Assert.Equal([(byte)0x82, (byte)0x8A], outlet.Frames.Select(f => f.First));
        Assert.Equal([7, 8], outlet.Frames[1].Payload);
    }

    [Fact]
    public void OneThatDoesNotReadIsFoundOut()
    {
        var stream = new MessageStream(new FakeOutlet { Room = static _ => 0 });
        var message = System.Text.Encoding.UTF8.GetBytes(new string('x', 100_000));
        Assert.True(stream.Send(message));
        Assert.True(stream.Send(message));
        Assert.True(stream.Send(message));
        Assert.False(stream.Send(message));
        Assert.True(stream.IsBlocked);
    }

    [Fact]
    public void TheEndIsSaidOnlyWhereNothingWasBegun()
    {
        var outlet = new FakeOutlet();
        new MessageStream(outlet).Close(1001, "the server stops"u8);
        Assert.Equal((byte)0x88, outlet.Frames[0].First);
        Assert.Equal([3, 0xE9, .. "the server stops"u8], outlet.Frames[0].Payload);

        var left = 20;
        var cut = new FakeOutlet { Room = length => Math.Min(length, left) };
        var stream = new MessageStream(cut);
        stream.NoteCut(Media[5].Length - stream.Write(Gather(Media[5])));
        left = int.MaxValue;
        stream.Close(1000, []);
        Assert.Empty(cut.Frames);
    }

    /// <summary>Sends all media, in steps of a few frames as sessions do, and messages at any time.</summary>
    private static List<string> Send(MessageStream stream, Random random, bool inOnePiece)
    {
        var said = new List<string>();
        ReadOnlyMemory<byte> rest = default;
        for (int next = 0, tries = 0; (next < Media.Length || !rest.IsEmpty) && tries < 100_000; tries++)
        {
            if (random.Next(8) == 0 && said.Count < 40 && !stream.IsBlocked)
            {
                said.Add($"{{\"id\":{said.Count},\"pad\":\"{new string('.', random.Next(300))}\"}}");
                stream.Send(System.Text.Encoding.UTF8.GetBytes(said[^1]));
            }

            if (!rest.IsEmpty)
            {
                rest = rest[Write(stream, inOnePiece, rest)..];
                continue;
            }

            var step = Media.Skip(next).Take(random.Next(1, 5)).Select(f => (ReadOnlyMemory<byte>)f).ToArray();
            var taken = Write(stream, inOnePiece, step);
            for (var i = 0; taken > 0; i++, next++)
            {
                rest = step[i][Math.Min(taken, step[i].Length)..];
                taken -= step[i].Length - rest.Length;
            }

            if (step.Length > 0)
            {
                stream.NoteCut(rest.Length);
            }
        }

        return said;
    }

    private static int Write(MessageStream stream, bool inOnePiece, params ReadOnlyMemory<byte>[] frames) =>
        !inOnePiece ? stream.Write(Gather(frames)) : stream.Write(frames is [var only] ? only.Span : Join(frames));

    private static byte[] Join(ReadOnlyMemory<byte>[] frames)
    {
        var joined = new ArrayBufferWriter<byte>();
        foreach (var frame in frames)
        {
            joined.Write(frame.Span);
        }

        return joined.WrittenSpan.ToArray();
    }

    private static Segments Gather(params ReadOnlyMemory<byte>[] frames)
    {
        var segments = new Segments();
        foreach (var frame in frames)
        {
            segments.Add(frame, 0);
        }

        return segments;
    }

    private static Segments Gather(params byte[][] frames) => Gather([.. frames.Select(f => (ReadOnlyMemory<byte>)f)]);

    private static List<(FrameHeader Header, byte[] Payload)> Read(byte[] bytes)
    {
        var reader = new FrameReader();
        var buffer = new ReadOnlySequence<byte>(bytes);
        var frames = new List<(FrameHeader, byte[])>();
        while (reader.TryRead(ref buffer, out var frame))
        {
            frames.Add((frame.Header, frame.Payload.ToArray()));
        }

        Assert.Equal(0, reader.SkippedBytes);
        return frames;
    }

    private static byte[] Padding(int number, int length)
    {
        var frame = new byte[FrameHeader.Size + length];
        new FrameHeader { Kind = FrameKind.Padding, Sequence = (uint)number, Length = length, PayloadChecksum = FrameHeader.Checksum(frame.AsSpan(FrameHeader.Size)) }.Write(frame);
        return frame;
    }
}
