using KnSock.Server.Endpoints.WebSockets;

namespace KnSock.Server.Tests.Endpoints.WebSockets;

public class ControlFramesTests
{
    /// <summary>However the bytes are split: pings, pongs, closes and empty frames are counted, messages of all lengths are not.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void WhatIsNoMessageIsCountedHoweverItIsSplit(int seed)
    {
        var random = new Random(seed);
        var bytes = new List<byte>();
        var expected = 0;
        for (var i = 0; i < 500; i++)
        {
            var (opcode, length) = random.Next(4) switch
            {
                0 => ((byte)(8 + random.Next(3)), random.Next(126)),
                1 => ((byte)random.Next(3), 0),
                _ => ((byte)random.Next(3), random.Next(3) switch { 0 => 1 + random.Next(125), 1 => 126 + random.Next(3000), _ => 65_536 + random.Next(1000) }),
            };
            expected += opcode >= 8 || length == 0 ? 1 : 0;
            bytes.AddRange(Frame(opcode, length, isMasked: random.Next(5) > 0));
        }

        var counter = new ControlFrames();
        var count = 0;
        for (var at = 0; at < bytes.Count;)
        {
            var length = Math.Min(bytes.Count - at, random.Next(random.Next(2) == 0 ? 5 : 4096));
            count += counter.Count(bytes.Slice(at, length).ToArray());
            at += length;
        }

        Assert.Equal(expected, count);
    }

    /// <summary>A length that is none is passed over as long as it is; whoever reads the frames refuses it.</summary>
    [Fact]
    public void NoLengthIsTooLong()
    {
        var counter = new ControlFrames();
        Assert.Equal(0, counter.Count([0x81, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 1, 2, 3, 4]));
        Assert.Equal(0, counter.Count([0x89, 0x80, 1, 2, 3, 4]));
    }

    private static byte[] Frame(byte opcode, int length, bool isMasked)
    {
        byte[] head = length switch
        {
            < 126 => [(byte)(0x80 | opcode), (byte)length],
            <= ushort.MaxValue => [(byte)(0x80 | opcode), 126, (byte)(length >> 8), (byte)length],
            _ => [(byte)(0x80 | opcode), 127, 0, 0, 0, 0, 0, (byte)(length >> 16), (byte)(length >> 8), (byte)length],
        };
        head[1] |= (byte)(isMasked ? 0x80 : 0);
        return [.. head, .. new byte[isMasked ? 4 : 0], .. Enumerable.Repeat((byte)0x89, length)];
    }
}
