using KnSock.Fanout.Framing;
using KnSock.Fuzz.Engine;
using KnSock.Fuzz.Formats;
using KnSock.Protocol;

namespace KnSock.Fuzz.Targets;

/// <summary>What a server sends over a WebSocket, as the load generator takes it.</summary>
internal sealed class ServerMessagesTarget : FuzzTarget
{
    public override string Name => "server-messages";

    public override bool IsStream => true;

    public override int LongestInput => 1500;

    public override IReadOnlyList<byte[]> Words { get; } =
        [[0x82, 0x01, 0x2A], [0x02, 0x00], [0x80, 0x00], [0x82, 0x7E, 0x01, 0x00], [0x82, 0x7F, 0, 0, 0, 0, 0, 0, 1, 0], [0x82, 0x7F, 0x80, 0, 0, 0, 0, 0, 0, 0], [0x88, 0x00], [0x88, 0x05, 0x03, 0xE8, 0x62, 0x79, 0x65], [0x8A, 0x00], [0x88, 0x7D]];

    public override IEnumerable<byte[]> Seeds() => [[.. Words.SelectMany(w => w)], .. Words, [0x82, 0x7E, 0x01, 0x00, .. new byte[256], 0x88, 0x02, 0x03, 0xE8]];

    public override long AllocationLimit(int length) => 4096 + (16L * length);

    public override bool IsExpected(Exception exception) => exception is ProtocolException;

    public override void Decode(IReadOnlyList<ReadOnlyMemory<byte>> pieces, Digest result)
    {
        var (messages, taken) = (new ServerMessages(), 0L);
        foreach (var piece in pieces)
        {
            var bytes = piece.Span;
            while (messages.TryRead(ref bytes, out var content))
            {
                taken += content.Length;
                foreach (var b in content)
                {
                    // By the byte, since where content is cut depends on how it came.
                    result.Add(b);
                }
            }

            FuzzException.Unless(bytes.IsEmpty, "it wants more and has not taken what there is");
        }

        FuzzException.Unless(taken <= pieces.Sum(p => (long)p.Length), "more comes out than went in");
    }
}
