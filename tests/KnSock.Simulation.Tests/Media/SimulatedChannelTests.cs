using KnSock.Media;
using KnSock.Protocol;
using KnSock.Simulation.Media;

namespace KnSock.Simulation.Tests.Media;

public class SimulatedChannelTests
{
    [Fact]
    public void All_of_it_lies_ready_and_weighs_what_it_should()
    {
        var media = MediaSizesFile.Default;
        var channel = new SimulatedChannel(media).Channel;
        Assert.Equal(TimeSpan.FromSeconds(media.Pictures / 30.0), channel.Timeline.Duration);
        foreach (var track in channel.VideoTracks)
        {
            var pictures = media.Rungs[track.Rendition.Index].Pictures;
            for (var gop = 0; gop < channel.Timeline.GopCount; gop++)
            {
                Assert.True(track[gop]!.IsComplete);
                Assert.Equal(pictures.Skip(gop * 30).Take(30).Sum(p => p.Bytes + FrameHeader.Size), track[gop]!.Bytes);
            }

            // Each picture is presented once.
            var presented = Enumerable.Range(0, 30).Select(i => track[4]![i].Pts).Order().ToArray();
            Assert.Equal(Enumerable.Range(120, 30).Select(i => new FrameRate(30, 1).StartOf(i)), presented);
        }

        Assert.All(Enumerable.Range(0, channel.Timeline.GopCount), gop => Assert.True(channel.AudioTrack[gop]!.IsComplete && channel.LowAudioTrack![gop]!.IsComplete));
    }

    [Fact]
    public void The_set_up_of_a_unit_tells_its_rung()
    {
        var channel = new SimulatedChannel(EvenMedia.Create(seconds: 2));
        Assert.Equal([0, 1, 2], channel.Channel.VideoTracks.Select(t => SimulatedChannel.RungOf(t[0]!.Configuration)));
        Assert.Equal(3, channel.Rates.Count);
        Assert.Equal(Math.Log(30), channel.Quality.Utility(2), 9);
    }
}
