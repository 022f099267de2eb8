using KnSock.Testing.Videos;

namespace KnSock.EndToEnd.Tests;

/// <summary>Every kind of source plays 10 s without a fault, over its own loop where it is shorter.</summary>
[Collection(nameof(Alone))]
public class SourcesTests(SourcesFixture sources) : IClassFixture<SourcesFixture>
{
    /// <summary>Gets each source with what its channel is: width, height and frames a second of the highest rung, and whether it has sound.</summary>
    public static TheoryData<string, int, int, double, bool> Expected => new()
    {
        { TestVideos.H264Aac.Name, 640, 360, 30, true },
        { TestVideos.HevcAc3.Name, 640, 360, 30, true },
        { TestVideos.Vp9Opus.Name, 640, 360, 30, true },
        { TestVideos.Mpeg2Ts.Name, 640, 360, 25, true },
        { TestVideos.Silent.Name, 640, 360, 30, false },
        { TestVideos.Mono44100.Name, 640, 360, 30, true },
        { TestVideos.Rate23976.Name, 640, 360, 24000.0 / 1001, true },
        { TestVideos.Rate25.Name, 640, 360, 25, true },
        { TestVideos.Rate50.Name, 640, 360, 50, true },
        { TestVideos.Rate60.Name, 640, 360, 60, true },
        { TestVideos.VariableRate.Name, 640, 360, 30, true },
        { TestVideos.Rotated.Name, 360, 640, 30, true },
        { TestVideos.OddSize.Name, 852, 480, 30, true },
        { TestVideos.Short.Name, 640, 360, 30, true },
        { TestVideos.Anamorphic.Name, 768, 576, 25, true },
    };

    [Theory]
    [MemberData(nameof(Expected))]
    public async Task A_source_becomes_a_channel_that_plays(string name, int width, int height, double rate, bool sound)
    {
        var channel = sources.ChannelOf(name);
        Assert.Equal(sound, channel.GetProperty("hasAudio").GetBoolean());
        Assert.Equal(rate, channel.GetProperty("frameRate").GetDouble(), 0.01);
        // Even, and never larger than the source; an odd size may be cut or its even neighbour.
        Assert.InRange(channel.GetProperty("width").GetInt32(), width - 2, width);
        Assert.InRange(channel.GetProperty("height").GetInt32(), height - 2, height);
        Assert.True(channel.GetProperty("width").GetInt32() % 2 == 0 && channel.GetProperty("height").GetInt32() % 2 == 0);

        (await sources.FiguresOf(name)).AssertSmooth(SourcesFixture.Seconds, frames: rate * SourcesFixture.Seconds * 0.97);
    }

    [Fact]
    public async Task A_source_in_4k_plays_on_the_rungs_that_this_machine_can_encode()
    {
        var channel = sources.ChannelOf(TestVideos.Uhd.Name);
        Assert.InRange(channel.GetProperty("height").GetInt32(), 240, 2160);
        (await sources.FiguresOf(TestVideos.Uhd.Name)).AssertSmooth(SourcesFixture.Seconds, frames: 30 * SourcesFixture.Seconds * 0.97);
    }

    [Fact]
    public void Every_source_is_tried() =>
        Assert.Equal(TestVideos.Playable.Count - 1, Expected.Count);
}
