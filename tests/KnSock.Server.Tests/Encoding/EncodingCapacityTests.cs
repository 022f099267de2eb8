using KnSock.Server.Encoding;
using KnSock.Server.Sources;

namespace KnSock.Server.Tests.Encoding;

public sealed class EncodingCapacityTests
{
    [Fact]
    public void TheLowestRungStaysOnAnyMachine()
    {
        var video = Make.Video(7680, 4320, Make.Fps(60));
        var ladder = EncodingCapacity.Cap(LadderDerivation.Derive(video, new LadderOptions { Heights = [2160, 1080, 240] }), video, cores: 1);

        Assert.Equal("240p", Assert.Single(ladder.Video).Name);
    }

    [Fact]
    public void MoreCoresCarryMoreRungs()
    {
        var video = Make.Video(1920, 1080, Make.Fps(60));
        var full = LadderDerivation.Derive(video, new LadderOptions());

        var counts = new[] { 1, 2, 4, 8, 64 }.Select(cores => EncodingCapacity.Cap(full, video, cores).Video.Count).ToArray();

        Assert.Equal(counts.Order(), counts);
        Assert.True(counts[0] < full.Video.Count);
        Assert.Equal(full.Video.Count, counts[^1]);
    }

    [Fact]
    public void TheOrdinarySourceKeepsItsLadderOnTwoCores()
    {
        var video = Make.Video(1280, 720);
        var full = LadderDerivation.Derive(video, new LadderOptions());

        Assert.Equal(full.Video, EncodingCapacity.Cap(full, video, cores: 2).Video);
    }
}
