using System.Buffers;
using System.Net;
using System.Text;
using KnSock.Protocol;

namespace KnSock.Fanout.Load;

/// <summary>The opening handshake of RFC 6455 from the client's side: what it asks, and the answer as it comes.</summary>
internal sealed class WebSocketAnswer
{
    private const int Longest = 4096;

    /// <summary>The key of the RFC's own example: nobody is to be protected from a proxy here.</summary>
    private const string Key = "dGhlIHNhbXBsZSBub25jZQ==";

    private const string Accept = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";
    private const string Subprotocol = "knsock.1";

    private ArrayBufferWriter<byte>? _held = new();

    /// <summary>Whether the server has agreed.</summary>
    public bool IsComplete => _held is null;

    /// <summary>What is asked.</summary>
    public static byte[] Request(IPEndPoint server) => Encoding.ASCII.GetBytes(
        $"GET /ws HTTP/1.1\r\nHost: {server}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {Key}\r\nSec-WebSocket-Protocol: {Subprotocol}\r\n\r\n");

    /// <summary>Takes the answer up to its end. False if more bytes are needed; all were taken then.</summary>
    /// <param name="bytes">What came; on return what is behind the answer.</param>
    /// <exception cref="ProtocolException">The server does not agree.</exception>
    public bool TryTake(ref ReadOnlySpan<byte> bytes)
    {
        var before = _held!.WrittenCount;
        _held.Write(bytes);
        var end = _held.WrittenSpan.IndexOf("\r\n\r\n"u8);
        if (end < 0)
        {
            bytes = default;
            return _held.WrittenCount <= Longest ? false : throw Refusal("an answer without an end");
        }

        ThrowIfRefused(Encoding.Latin1.GetString(_held.WrittenSpan[..end]).Split("\r\n"));
        bytes = bytes[(end + 4 - before)..];
        _held = null;
        return true;
    }

    private static void ThrowIfRefused(string[] lines)
    {
        string Value(string name) =>
            Array.Find(lines, l => l.StartsWith($"{name}:", StringComparison.OrdinalIgnoreCase))?[(name.Length + 1)..].Trim() ?? string.Empty;

        if (!lines[0].StartsWith("HTTP/1.1 101 ", StringComparison.Ordinal))
        {
            throw Refusal(lines[0]);
        }

        if (!string.Equals(Value("Sec-WebSocket-Accept"), Accept, StringComparison.Ordinal)
            || !string.Equals(Value("Sec-WebSocket-Protocol"), Subprotocol, StringComparison.Ordinal))
        {
            throw Refusal("another key or subprotocol");
        }
    }

    private static ProtocolException Refusal(string what) => new(ProtocolErrorCode.Unexpected, $"the server answers the WebSocket's handshake with {what}");
}
