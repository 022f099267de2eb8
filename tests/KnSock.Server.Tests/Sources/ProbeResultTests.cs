using System.Text.Json;
using KnSock.Media;
using KnSock.Server.Sources;

namespace KnSock.Server.Tests.Sources;

public sealed class ProbeResultTests
{
    private const string Picture =
        """{"codec_type":"video","codec_name":"h264","width":640,"height":360,"r_frame_rate":"30/1","avg_frame_rate":"30/1","duration":"10.000000"}""";

    private const string Sound = """{"codec_type":"audio","codec_name":"aac"}""";

    [Fact]
    public void PlainFile()
    {
        var source = Parse($$$$"""{"streams":[{{{{Picture}}}},{{{{Sound}}}}],"format":{"duration":"10.02"}}""", "/videos/holiday.mp4");

        Assert.Equal(("/videos/holiday.mp4", "holiday.mp4", "holiday"), (source.Path, source.FileName, source.Title));
        Assert.Equal((640, 360, "h264", false), (source.Video.Width, source.Video.Height, source.Video.Codec, source.Video.IsInterlaced));
        Assert.Equal(new FrameRate(30, 1), source.Video.FrameRate);
        Assert.Equal(TimeSpan.FromSeconds(10), source.Video.Duration);
        Assert.True(source.HasAudio);
    }

    [Fact]
    public void APictureOfNarrowPixelsIsNeverWithoutWidth()
    {
        var video = ParseVideo("""{"codec_type":"video","width":2,"height":2,"sample_aspect_ratio":"1:5","duration":"2"}""");

        Assert.Equal((2, 2), (video.Width, video.Height));
    }

    [Theory]
    [InlineData("-90", 360, 640)]
    [InlineData("90", 360, 640)]
    [InlineData("270", 360, 640)]
    [InlineData("180", 640, 360)]
    [InlineData("0", 640, 360)]
    [InlineData("-89.9", 360, 640)]
    [InlineData("450", 360, 640)]
    [InlineData("1e300", 640, 360)]
    [InlineData("-1e300", 640, 360)]
    public void RotationTurnsTheSize(string degrees, int width, int height)
    {
        var video = ParseVideo($$$$"""{{{{Picture[..^1]}}}},"side_data_list":[{"side_data_type":"Display Matrix","rotation":{{{{degrees}}}}}]}""");

        Assert.Equal((width, height), (video.Width, video.Height));
    }

    [Theory]
    [InlineData("16:15", 683)]
    [InlineData("1:1", 640)]
    [InlineData("0:1", 640)]
    [InlineData("1:0", 640)]
    [InlineData("N/A", 640)]
    [InlineData("1000000:1", 640)]
    [InlineData("-4:3", 640)]
    [InlineData("NaN:1", 640)]
    public void PixelsAreMadeSquare(string aspect, int width)
    {
        var video = ParseVideo($$$$"""{{{{Picture[..^1]}}}},"sample_aspect_ratio":"{{{{aspect}}}}"}""");

        Assert.Equal((width, 360, 640 * 360L), (video.Width, video.Height, video.CodedPixels));
    }

    [Fact]
    public void PixelsAreMadeSquareBeforeTheTurn()
    {
        var video = ParseVideo($$$$"""{{{{Picture[..^1]}}}},"sample_aspect_ratio":"2:1","side_data_list":[{"rotation":90}]}""");

        Assert.Equal((360, 1280), (video.Width, video.Height));
    }

    [Theory]
    [InlineData("00:00:12.345000000", 12.345)]
    [InlineData("01:02:03.5", 3723.5)]
    [InlineData("25:00:00.000000000", 90_000)]
    [InlineData("100:00:01", 360_001)]
    public void MatroskasTagTellsTheLength(string tag, double seconds)
    {
        var video = ParseVideo($$$$"""{{{{WithoutDuration[..^1]}}}},"tags":{"DURATION":"{{{{tag}}}}"}}""");

        Assert.Equal(seconds, video.Duration.TotalSeconds, 6);
    }

    [Theory]
    [InlineData("N/A")]
    [InlineData("0")]
    [InlineData("-3")]
    [InlineData("1e30")]
    [InlineData("NaN")]
    [InlineData("Infinity")]
    public void AbsurdLengthGivesWayToTheContainers(string duration)
    {
        var video = ParseVideo($$$$"""{{{{WithoutDuration[..^1]}}}},"duration":"{{{{duration}}}}","tags":{"DURATION":"-00:00:09"}}""");

        Assert.Equal(TimeSpan.FromSeconds(11), video.Duration);
    }

    [Fact]
    public void UnknownLengthIsRefused() => AssertRefused($$$$"""{"streams":[{{{{WithoutDuration}}}}],"format":{}}""", "length is unknown");

    [Fact]
    public void CoverArtIsNoPicture()
    {
        const string cover = """{"codec_type":"video","codec_name":"mjpeg","width":500,"height":500,"disposition":{"attached_pic":1}}""";

        AssertRefused($$$$"""{"streams":[{{{{cover}}}},{{{{Sound}}}}],"format":{"duration":"10"}}""", "holds no picture");
        Assert.Equal(640, Parse($$$$"""{"streams":[{{{{cover}}}},{{{{Picture}}}}],"format":{}}""").Video.Width);
    }

    [Theory]
    [InlineData("""{"streams":[],"format":{"duration":"1"}}""")]
    [InlineData("""{"format":{"duration":"1"}}""")]
    [InlineData("{}")]
    public void NoPictureIsRefused(string json) => AssertRefused(json, "holds no picture");

    [Theory]
    [InlineData(0, 360)]
    [InlineData(640, -1)]
    [InlineData(1, 1)]
    [InlineData(16_385, 360)]
    [InlineData(640, int.MaxValue)]
    public void AbsurdSizesAreRefused(int width, int height) =>
        AssertRefused($$$$"""{"streams":[{"codec_type":"video","width":{{{{width}}}},"height":{{{{height}}}}}],"format":{"duration":"1"}}""", "cannot be served");

    [Theory]
    [InlineData("[]")]
    [InlineData("7")]
    [InlineData("""{"streams":7}""")]
    [InlineData("""{"streams":[7]}""")]
    [InlineData("""{"streams":[{"codec_type":"video","width":640,"height":360,"side_data_list":7}]}""")]
    [InlineData("""{"streams":[{"codec_type":"video","width":640,"height":360,"tags":{"DURATION":7}}]}""")]
    [InlineData("""{"streams":[{"codec_type":"video","disposition":7}]}""")]
    [InlineData("not json")]
    [InlineData("")]
    public void WhatIsNotFfprobesIsToldFromABadFile(string json) => Assert.ThrowsAny<JsonException>(() => Parse(json));

    [Fact]
    public void WidthAsTextIsNoNumber() =>
        AssertRefused("""{"streams":[{"codec_type":"video","width":"640","height":360}],"format":{"duration":"1"}}""", "cannot be served");

    [Theory]
    [InlineData("tt", true)]
    [InlineData("bb", true)]
    [InlineData("progressive", false)]
    [InlineData("unknown", false)]
    public void FieldsAreSeen(string order, bool expected) => Assert.Equal(expected, ParseVideo($$$$"""{{{{Picture[..^1]}}}},"field_order":"{{{{order}}}}"}""").IsInterlaced);

    [Fact]
    public void UnknownSoundIsNoSound() => Assert.False(Parse($$$$"""{"streams":[{{{{Picture}}}},{"codec_type":"audio"}],"format":{}}""").HasAudio);

    [Fact]
    public void HostileTitleIsMadeHarmless()
    {
        var hostile = JsonSerializer.Serialize("a\u001b[2Jb\nc\u202Ed" + new string('x', 10_000));

        var title = Parse($$$$"""{"streams":[{{{{Picture}}}}],"format":{"tags":{"title":{{{{hostile}}}}}}}""").Title;

        Assert.StartsWith("a\uFFFD[2Jb\uFFFDc\uFFFDd", title, StringComparison.Ordinal);
        Assert.InRange(title.Length, 100, 201);
    }

    [Fact]
    public void BlankTitleGivesWayToTheFileName() =>
        Assert.Equal("film", Parse($$$$"""{"streams":[{{{{Picture}}}}],"format":{"tags":{"TITLE":"  "}}}""", "/videos/film.mkv").Title);

    private const string WithoutDuration = """{"codec_type":"video","width":640,"height":360}""";

    private static VideoStream ParseVideo(string stream) => Parse($$$$"""{"streams":[{{{{stream}}}}],"format":{"duration":"11.0"}}""").Video;

    private static MediaSource Parse(string json, string path = "/videos/a.mp4") => ProbeResult.Parse(System.Text.Encoding.UTF8.GetBytes(json), path);

    private static void AssertRefused(string json, string why)
    {
        var e = Assert.Throws<LiveStreamServerException>(() => Parse(json));
        Assert.Contains(why, e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', e.Message);
    }
}
