using KnSock.Protocol;
using KnSock.Protocol.Messages;

namespace KnSock.Client.Tests;

/// <summary>A channel of which nothing more comes.</summary>
public sealed class ChannelEndTests
{
    [Fact]
    public void One_that_ends_before_anything_of_it_came_ends_the_playback_with_its_reason()
    {
        var playback = Select(out var number);
        playback.OnControl(new Selected { Selection = number, Channel = 0, StartSeconds = 0, MaxBufferSeconds = 8 });
        Assert.False(playback.Finished.IsCompleted);

        playback.OnControl(new ChannelEndedNotice { Selection = number, Reason = "the file is gone" });

        Assert.True(playback.Finished.IsCompletedSuccessfully);
        Assert.Contains(playback.Statistics.Errors, e => e.Contains("the file is gone", StringComparison.Ordinal));
    }

    [Fact]
    public void Of_one_that_has_ended_nothing_more_is_reported()
    {
        var playback = Select(out var number);
        playback.OnMark(new Mark { Selection = number, TurnStart = default, SendTime = default, LiveEdge = default });
        Assert.NotNull(playback.BuildFeedback());

        playback.OnControl(new ChannelEndedNotice { Selection = number, Reason = "the file is gone" });

        Assert.Null(playback.BuildFeedback());
    }

    [Fact]
    public void The_end_of_an_older_selection_is_nothing_to_the_present_one()
    {
        var playback = Select(out var number);

        playback.OnControl(new ChannelEndedNotice { Selection = number - 1, Reason = "the file is gone" });

        Assert.False(playback.Finished.IsCompleted);
        Assert.Empty(playback.Statistics.Errors);
    }

    private static Playback Select(out uint number)
    {
        var channel = new ChannelInfo
        {
            Index = 0,
            Name = "one",
            Title = "one",
            DurationSeconds = 10,
            Width = 32,
            Height = 18,
            FrameRate = 30,
            HasAudio = true,
            Renditions = [],
        };
        var playback = new Playback(new LiveStreamClientOptions(), [channel], channel, TimeSpan.Zero);
        number = playback.TakeUnsentSelect()!.Selection;
        return playback;
    }
}
