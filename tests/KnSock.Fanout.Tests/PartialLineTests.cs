using System.Text;
using KnSock.Fanout.Load;
using KnSock.Protocol;

namespace KnSock.Fanout.Tests;

public sealed class PartialLineTests
{
    [Fact]
    public void However_the_bytes_are_split_the_same_lines_come_out()
    {
        var bytes = "first\n\nthe third\nno end"u8.ToArray();
        for (var size = 1; size <= bytes.Length; size++)
        {
            var (reader, lines) = (new PartialLine(), new List<string>());
            foreach (var chunk in bytes.Chunk(size))
            {
                ReadOnlySpan<byte> piece = chunk;
                while (reader.TryTake(ref piece, out var line))
                {
                    lines.Add(Encoding.ASCII.GetString(line));
                }
            }

            Assert.Equal(["first", "", "the third"], lines);
        }
    }

    [Fact]
    public void What_is_behind_a_line_is_left()
    {
        ReadOnlySpan<byte> bytes = "greeting\nframes"u8;
        Assert.True(new PartialLine().TryTake(ref bytes, out _));
        Assert.True(bytes.SequenceEqual("frames"u8));
    }

    [Fact]
    public void A_line_without_an_end_is_given_up()
    {
        var reader = new PartialLine();
        var piece = new byte[ProtocolLimits.MaxServerLine];
        ReadOnlySpan<byte> bytes = piece;
        Assert.False(reader.TryTake(ref bytes, out _));
        Assert.Throws<ProtocolException>(() =>
        {
            ReadOnlySpan<byte> more = [1];
            reader.TryTake(ref more, out _);
        });
    }
}
