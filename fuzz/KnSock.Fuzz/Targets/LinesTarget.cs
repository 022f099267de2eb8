using System.Buffers;
using KnSock.Fuzz.Engine;
using KnSock.Fuzz.Formats;
using KnSock.Protocol;

namespace KnSock.Fuzz.Targets;

/// <summary>Lines of a connection, held to a limit.</summary>
internal sealed class LinesTarget : FuzzTarget
{
    private const int Longest = 64;

    public override string Name => "lines";

    public override bool IsStream => true;

    public override int LongestInput => 600;

    public override IReadOnlyList<byte[]> Words { get; } = ["\n"u8.ToArray(), "\r\n"u8.ToArray(), "\r"u8.ToArray(), new byte[Longest - 1], new byte[Longest], [.. new byte[Longest], .. "\r\n"u8]];

    public override IEnumerable<byte[]> Seeds() => ["a\nbc\r\n\r\n\n"u8.ToArray(), [.. new byte[Longest], .. "\r\n"u8], [.. new byte[Longest + 1], .. "\n"u8]];

    public override long AllocationLimit(int length) => 1024 + (32L * length);

    public override bool IsExpected(Exception exception) => exception is ProtocolException { Code: ProtocolErrorCode.TooLong };

    public override void Decode(IReadOnlyList<ReadOnlyMemory<byte>> pieces, Digest result)
    {
        var reader = new LineReader(Longest);
        var left = Feeding.All(pieces, (ref ReadOnlySequence<byte> buffer) =>
        {
            if (!reader.TryReadLine(ref buffer, out var line))
            {
                return false;
            }

            FuzzException.Unless(line.Length <= Longest, "a line is longer than the limit");
            result.Add(line.ToArray());
            return true;
        });
        FuzzException.Unless(left.Length <= Longest + 1, "more is held than a line can have");
        result.Add(left.Length);
    }
}
