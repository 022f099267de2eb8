using KnSock.Testing;
using System.Buffers;
using System.Text;

namespace KnSock.Protocol.Tests;

public class LineReaderTests
{
    [Fact]
    public void Lines_end_with_lf_or_crlf_and_may_be_empty()
    {
        Assert.Equal(["a", "b\rc", "", "", "d"], Read(["a\nb\rc\r\n\n\r\nd\nrest"], limit: 4, out var left));
        Assert.Equal("rest", left);
    }

    [Fact]
    public void Any_split_gives_the_same_lines()
    {
        const string text = "one\r\ntwo\n\nthree\r\r\n";
        var whole = Read([text], limit: 6, out _);
        for (var i = 0; i <= text.Length; i++)
        {
            for (var j = i; j <= text.Length; j++)
            {
                Assert.Equal(whole, Read([text[..i], text[i..j], text[j..]], limit: 6, out _));
            }
        }

        Assert.Equal(whole, Read(text.Select(c => c.ToString()), limit: 6, out _));
    }

    [Theory]
    [InlineData("1234\n", true)]
    [InlineData("1234\r\n", true)]
    [InlineData("1234\r", true)]
    [InlineData("12345\n", false)]
    [InlineData("12345", false)]
    [InlineData("12345\r\n", false)]
    [InlineData("1234\r\r", false)]
    public void A_line_is_held_against_the_limit_before_its_end_comes(string text, bool isAccepted)
    {
        foreach (var pieces in new[] { [text], text.Select(c => c.ToString()).ToArray() })
        {
            if (isAccepted)
            {
                Read(pieces, limit: 4, out _);
            }
            else
            {
                var e = Assert.Throws<ProtocolException>(() => Read(pieces, limit: 4, out _));
                Assert.Equal(ProtocolErrorCode.TooLong, e.Code);
            }
        }
    }

    private static List<string> Read(IEnumerable<string> pieces, int limit, out string left)
    {
        var reader = new LineReader(limit);
        var lines = new List<string>();
        var pending = new List<ReadOnlyMemory<byte>>();
        foreach (var piece in pieces)
        {
            pending.Add(Encoding.UTF8.GetBytes(piece));
            var buffer = Segments.Join(pending);
            while (reader.TryReadLine(ref buffer, out var line))
            {
                lines.Add(Encoding.UTF8.GetString(line));
            }

            pending = [.. Segments.Split(buffer)];
        }

        left = string.Concat(pending.Select(p => Encoding.UTF8.GetString(p.Span)));
        return lines;
    }
}
