using System.Net;
using System.Text;
using KnSock.Fanout.Load;
using KnSock.Protocol;

namespace KnSock.Fanout.Tests;

public sealed class WebSocketAnswerTests
{
    private const string Agreement =
        "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nsec-websocket-accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\nSec-WebSocket-Protocol: knsock.1\r\nUpgrade: websocket\r\n\r\n";

    [Fact]
    public void However_the_answer_is_split_what_is_behind_it_is_left()
    {
        var bytes = Encoding.ASCII.GetBytes(Agreement + "frames");
        for (var cut = 0; cut <= bytes.Length; cut++)
        {
            var answer = new WebSocketAnswer();
            ReadOnlySpan<byte> first = bytes.AsSpan(0, cut), second = bytes.AsSpan(cut);
            var isEarly = answer.TryTake(ref first);
            Assert.Equal(cut >= Agreement.Length, isEarly);
            Assert.True(isEarly || answer.TryTake(ref second));
            Assert.True(answer.IsComplete);
            Assert.Equal("frames", Encoding.ASCII.GetString([.. first, .. second]));
        }
    }

    [Theory]
    [InlineData("HTTP/1.1 503 Service Unavailable\r\n\r\n")]
    [InlineData("HTTP/1.1 101 Switching Protocols\r\nSec-WebSocket-Accept: another\r\nSec-WebSocket-Protocol: knsock.1\r\n\r\n")]
    [InlineData("HTTP/1.1 101 Switching Protocols\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n")]
    public void Any_other_answer_is_a_fault(string text) => Assert.Throws<ProtocolException>(() => Take(Encoding.ASCII.GetBytes(text)));

    [Fact]
    public void An_answer_without_an_end_is_given_up() => Assert.Throws<ProtocolException>(() => Take(new byte[5000]));

    [Fact]
    public void What_is_asked_names_server_version_and_subprotocol()
    {
        var request = Encoding.ASCII.GetString(WebSocketAnswer.Request(new IPEndPoint(IPAddress.Loopback, 8080)));
        Assert.StartsWith("GET /ws HTTP/1.1\r\nHost: 127.0.0.1:8080\r\n", request, StringComparison.Ordinal);
        Assert.EndsWith("\r\nSec-WebSocket-Protocol: knsock.1\r\n\r\n", request, StringComparison.Ordinal);
    }

    private static void Take(ReadOnlySpan<byte> bytes) => new WebSocketAnswer().TryTake(ref bytes);
}
