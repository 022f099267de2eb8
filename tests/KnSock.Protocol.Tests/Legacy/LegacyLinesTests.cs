using System.Text;
using KnSock.Protocol.Legacy;

namespace KnSock.Protocol.Tests.Legacy;

/// <summary>What kn-sock's clients say, and what they are sent.</summary>
public sealed class LegacyLinesTests
{
    [Theory]
    [InlineData("{\"index\": 1}", 1)]
    [InlineData("{\"index\":0}", 0)]
    [InlineData("{}", 0)]
    [InlineData("{\"index\": -3}", 0)]
    [InlineData("{\"index\": 2.9}", 2)]
    [InlineData("{\"index\": 1e300}", int.MaxValue)]
    [InlineData("{\"index\": 1e999}", int.MaxValue)]
    [InlineData("{\"index\": \" 1 \"}", 1)]
    [InlineData("{\"index\": \"one\"}", 0)]
    [InlineData("{\"index\": null}", 0)]
    [InlineData("{\"index\": [1, {\"index\": 2}]}", 0)]
    [InlineData("{\"name\": {\"knsock\": 1}, \"index\": 1}", 1)]
    public void AnAnswerNamesAVideoOrTheFirst(string line, int index)
    {
        Assert.True(LegacySelection.TryRead(Encoding.UTF8.GetBytes(line), out var read));
        Assert.Equal(index, read);
    }

    [Theory]
    [InlineData("{\"knsock\":1}")]
    [InlineData("{\"index\":1,\"knsock\":2}")]
    [InlineData("{\"type\":\"hello\"}")]
    [InlineData("[]")]
    [InlineData("1")]
    [InlineData("")]
    [InlineData("{\"index\": 1")]
    [InlineData("{\"index\": 1} {}")]
    [InlineData("GET / HTTP/1.1")]
    public void WhatIsOfAnotherProtocolIsNoAnswer(string line) => Assert.False(LegacySelection.TryRead(Encoding.UTF8.GetBytes(line), out _));

    [Theory]
    [InlineData("{\"buffer_level\": 0.2}", 0.2)]
    [InlineData("{\"buffer_level\":0}", 0)]
    [InlineData("{\"buffer_level\": 0.06666666666666667, \"more\": [1]}", 0.06666666666666667)]
    [InlineData("{\"buffer_level\": 3600}", 3600)]
    public void AReportTellsOfTheBuffer(string line, double level)
    {
        Assert.True(LegacyFeedback.IsOne(Encoding.UTF8.GetBytes(line)));
        Assert.True(LegacyFeedback.TryRead(Encoding.UTF8.GetBytes(line), out var read));
        Assert.Equal(level, read);
    }

    [Theory]
    [InlineData("{\"buffer_level\": -5}")]
    [InlineData("{\"buffer_level\": \"0.2\"}")]
    [InlineData("{\"buffer_level\": null}")]
    [InlineData("{\"buffer_level\": 1e999}")]
    [InlineData("{\"buffer_level\": -1e999}")]
    [InlineData("{\"buffer_level\": 3601}")]
    [InlineData("{\"buffer_level\": {\"buffer_level\": 1}}")]
    [InlineData("{\"buffer_level\": 0.1, \"buffer_level\": 0.2}")]
    public void AReportThatCannotBeTrueIsOneAndTellsNothing(string line)
    {
        Assert.True(LegacyFeedback.IsOne(Encoding.UTF8.GetBytes(line)));
        Assert.False(LegacyFeedback.TryRead(Encoding.UTF8.GetBytes(line), out _));
    }

    [Theory]
    [InlineData("{\"buffer_level\": NaN}")]
    [InlineData("{\"buffer_level\": 0.1")]
    [InlineData("{\"level\": 0.1}")]
    [InlineData("{\"type\":\"feedback\",\"buffer_level\":0.1}")]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("")]
    public void WhatElseThereIsIsNoReport(string line)
    {
        Assert.False(LegacyFeedback.IsOne(Encoding.UTF8.GetBytes(line)));
        Assert.False(LegacyFeedback.TryRead(Encoding.UTF8.GetBytes(line), out _));
    }

    [Fact]
    public void RandomBytesGiveNothingAndThrowNothing()
    {
        var random = new Random(20261130);
        for (var i = 0; i < 20_000; i++)
        {
            var line = "{\"index\": 1, \"buffer_level\": 0.25}"u8.ToArray();
            for (var hit = random.Next(1, 4); hit > 0; hit--)
            {
                line[random.Next(line.Length)] = (byte)random.Next(256);
            }

            LegacySelection.TryRead(line, out var index);
            Assert.True(index >= 0);
            if (LegacyFeedback.TryRead(line, out var level))
            {
                Assert.InRange(level, 0, 3600);
            }
        }
    }

    [Fact]
    public void HeadersAreBigEndian()
    {
        var bytes = new byte[LegacyFrameWriter.SoundHeaderSize];
        LegacyFrameWriter.Sound(bytes, 1.5, 4096);
        Assert.Equal("41554430" + "3FF8000000000000" + "00001000", Convert.ToHexString(bytes));

        LegacyFrameWriter.Picture(bytes, 31.6, 0x01020304);
        Assert.Equal("403F99999999999A" + "01020304", Convert.ToHexString(bytes.AsSpan(0, LegacyFrameWriter.PictureHeaderSize)));
    }
}
