using KnSock.Media;
using KnSock.Server.Adaptation;
using KnSock.Server.Channels;
using KnSock.Server.Diagnostics;
using KnSock.Server.Endpoints.Legacy;
using KnSock.Server.Loops;
using KnSock.Server.Sessions;

namespace KnSock.Server.Tests.Endpoints.Legacy;

/// <summary>What a kn-sock client may be sent, and what is told of why it is sent that, on virtual time.</summary>
public sealed class LegacySteeringTests : IDisposable
{
    /// <summary>What the lower of two rungs takes, bit/s, the higher twice as much; the sound takes 1.41 Mbit/s more.</summary>
    private const int PictureRate = 125_000;

    /// <summary>Of it 0.82 are divided: 1.60 Mbit/s are enough for the lower rung (1.54), and not for the higher (1.66).</summary>
    private const long ForTheLower = 1_950_000;

    private const long ForTheHigher = 2_200_000;

    /// <summary>So much they really take.</summary>
    private static readonly int[] PictureBytes = [500, 1000];

    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(100);

    private readonly ServerMetrics _metrics = new(factory: null);
    private readonly List<Decision> _decisions = [];
    private TimeSpan _now = TimeSpan.FromSeconds(100);

    public void Dispose() => _metrics.Dispose();

    [Fact]
    public void WithoutALimitItBeginsWithTheSecondQualityAndSaysWhyItStays()
    {
        var media = Media();
        using var feed = Begin(media, out var steering, uplink: null);
        Pass(feed, steering, 1);

        Assert.Equal(1, feed.Rung);
        Assert.Empty(_decisions);
        var record = Record(steering, feed);
        Assert.True(record.IsPresent);
        Assert.Equal((1, 1, "there is no higher rung that it may be sent"), (record.Decision.Rung, record.Decision.Previous, record.Decision.Reason));
        Assert.Equal(["90p-jpeg-40", "90p-jpeg-41"], record.Candidates.Select(c => c.Name), StringComparer.Ordinal);
        Assert.All(record.Candidates, c => Assert.Null(c.NotWeighed));
        steering.Dispose();
    }

    [Fact]
    public void ItHasNoMoreOfTheUplinkThanItsPart()
    {
        var media = Media();
        var uplink = new Uplink(ForTheLower);
        using var feed = Begin(media, out var steering, uplink);
        Pass(feed, steering, 15, uplink);

        Assert.Equal(0, feed.Rung);
        Assert.Empty(_decisions);
        Assert.Contains("uplink of 1.95 Mbit/s is divided", Record(steering, feed).Candidates[1].NotWeighed, StringComparison.Ordinal);
        steering.Dispose();
    }

    [Fact]
    public void WhatOthersNeedItGivesUpAndGetsBackWhenTheyHaveLeft()
    {
        var media = Media();
        var uplink = new Uplink(ForTheHigher);
        using var feed = Begin(media, out var steering, uplink);
        Pass(feed, steering, 3, uplink);
        Assert.Equal(1, feed.Rung);

        var other = uplink.Begin([200_000, 400_000], [0, 0.7]);
        Pass(feed, steering, 3, uplink);
        Assert.Equal(0, feed.Rung);
        Assert.Equal("the rung may not be sent any more: the server's uplink of 2.2 Mbit/s is divided among its viewers", Assert.Single(_decisions).Reason);

        uplink.End(other);
        Pass(feed, steering, 15, uplink);
        Assert.Equal(1, feed.Rung);
        Assert.Equal("the link is clear", _decisions[^1].Reason);
        steering.Dispose();
    }

    [Fact]
    public void PicturesThatTakeMoreThanIsUsualCountAsWhatTheyAre()
    {
        // By what is usual there would be room for the higher rung.
        var media = Media(PictureRate / 4);
        var uplink = new Uplink(ForTheLower);
        using var feed = Begin(media, out var steering, uplink);
        Assert.Equal(1, feed.Rung);
        Pass(feed, steering, 5, uplink);

        Assert.Equal(0, feed.Rung);
        Assert.Equal(PictureRate, Record(steering, feed).Candidates[0].BitsPerSecond - media.Sound.Rendition.BitsPerSecond, PictureRate * 0.1);
        steering.Dispose();
    }

    [Fact]
    public void ARungThatIsNotEncodedInTimeIsLeft()
    {
        var media = Media();
        using var feed = Begin(media, out var steering, uplink: null);
        Pass(feed, steering, 1);
        media.Rungs.Withdraw(1, "too slow");
        Pass(feed, steering, 1);

        Assert.Equal(0, feed.Rung);
        var taken = steering.Keep(Assert.Single(_decisions), "v7", "a.mp4", feed, _now).ToRecord();
        Assert.False(taken.IsPresent);
        Assert.Equal((1, 0, "the rung may not be sent any more: too slow"), (taken.Decision.Previous, taken.Decision.Rung, taken.Decision.Reason));
        Assert.Equal("too slow", taken.Candidates[1].NotWeighed);
        steering.Dispose();
    }

    private static LegacyMedia Media(int bitsPerSecond = PictureRate) => FilledLegacy.Create(Make.Fps(30), 5, bitsPerSecond: bitsPerSecond, pictureBytes: PictureBytes);

    private PictureFeed Begin(LegacyMedia media, out LegacySteering steering, Uplink? uplink)
    {
        steering = new LegacySteering(media, uplink);
        var feed = new PictureFeed(media, new ByteSink(), () => 0, new Segments(), _metrics);
        Assert.True(feed.Prepare(Timestamp.FromTimeSpan(_now), steering.First));
        feed.Begin(_now);
        steering.Begin(_now);
        return feed;
    }

    /// <summary>Time passes; the broadcast's zero is that of the clock, and the link carries all.</summary>
    private void Pass(PictureFeed feed, LegacySteering steering, double seconds, Uplink? uplink = null)
    {
        for (var end = _now + TimeSpan.FromSeconds(seconds); _now < end; _now += Step)
        {
            feed.Send(Timestamp.FromTimeSpan(_now), _now);
            if (_now.Ticks % Uplink.Interval.Ticks == 0)
            {
                uplink?.Turn();
            }

            if (steering.Look(feed, default, _now) is { } decision)
            {
                _decisions.Add(decision);
            }
        }
    }

    /// <summary>How things stand, as it comes to one who asks.</summary>
    private DecisionRecord Record(LegacySteering steering, PictureFeed feed)
    {
        var record = steering.Keep(decision: null, "v7", "a.mp4", feed, _now).ToRecord();
        Assert.True(DecisionJson.TryRead(System.Text.Encoding.UTF8.GetString(DecisionJson.Write(record)), out var again, out var fault), fault);
        Assert.Equal(record.Candidates, again.Candidates);
        return again;
    }
}
