using System.Net.WebSockets;
using KnSock.Fuzz.Engine;
using KnSock.Fuzz.Formats;
using KnSock.Protocol;
using KnSock.Server;
using KnSock.Server.Endpoints.WebSockets;
using KnSock.Server.Sessions;

namespace KnSock.Fuzz.Targets;

/// <summary>What a viewer sends over a WebSocket, as the server's inbox takes it.</summary>
internal sealed class ClientMessagesTarget : FuzzTarget
{
    private const byte Text = 0x81;

    public override string Name => "client-messages";

    public override bool IsStream => true;

    public override int LongestInput => 12_000;

    public override IReadOnlyList<byte[]> Words { get; } =
    [
        WebSocketText.Of(Text, "{}"u8), WebSocketText.Of(0x01, "{"u8), WebSocketText.Of(0x80, "}"u8), WebSocketText.Of(0x89, "ping"u8), WebSocketText.Of(0x88, [0x03, 0xE8]), WebSocketText.Of(0x82, "x"u8),
        [0x81, 0xFE], [0x81, 0xFF], [0x81, 0xFF, 0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF], [0x81, 0xFE, 0x10, 0x00], [0x81, 0xFE, 0x10, 0x01], [0xC1, 0x80],
    ];

    public override IEnumerable<byte[]> Seeds()
    {
        var lines = Vectors.Lines("control").Take(12).Select(l => WebSocketText.Of(Text, l)).ToList();
        return [[.. lines.SelectMany(l => l)], .. lines, WebSocketText.Of(Text, new byte[ProtocolLimits.MaxClientLine]), WebSocketText.Of(Text, new byte[ProtocolLimits.MaxClientLine + 1]), .. Words];
    }

    public override long AllocationLimit(int length) => (128 * 1024) + (256L * length);

    public override bool IsExpected(Exception exception) => exception is ProtocolException;

    public override void Decode(IReadOnlyList<ReadOnlyMemory<byte>> pieces, Digest result)
    {
        using var stream = new PieceStream(pieces);
        using var side = new ReadingSide(stream, answer => FuzzException.Unless(answer.Length is >= 2 and <= 127, "an answer to a ping is longer than there can be"), new ServerClock(new Hours()));
        using var socket = WebSocket.CreateFromStream(side, new WebSocketCreationOptions { IsServer = true, KeepAliveInterval = Timeout.InfiniteTimeSpan });
        var inbox = new MessageInbox(socket);
        var listener = new Listener(result);
        inbox.Open(() => { });
        var reading = inbox.RunAsync(CancellationToken.None);
        while (!reading.IsCompleted)
        {
            // It reads no further before what waits has been heard.
            inbox.Hear(listener);
            Thread.Yield();
        }

        FuzzException.Unless(reading.IsCompletedSuccessfully, $"the reader of messages fails: {reading.Exception?.GetBaseException().GetType().Name}");
        FuzzException.Unless(!inbox.Hear(listener), "the stream has ended, and more is waited for");
    }

    /// <summary>Time enough between any two reads: how many empty frames are a flood goes by time, and what was heard before one depends on how the bytes were split.</summary>
    private sealed class Hours : TimeProvider
    {
        private long _now;

        public override long GetTimestamp() => _now += 3600 * TimestampFrequency;
    }

    private sealed class Listener(Digest result) : IMessageListener
    {
        public void OnMessage(ReadOnlySpan<byte> message, ReadOnlySpan<byte> next)
        {
            FuzzException.Unless(message.Length <= ProtocolLimits.MaxClientLine, "a message is longer than the limit");
            result.Add(message);
        }
    }
}
