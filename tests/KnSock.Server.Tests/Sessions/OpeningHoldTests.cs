using KnSock.Media;
using KnSock.Protocol.Messages;
using KnSock.Server.Adaptation;
using KnSock.Server.Sessions;

namespace KnSock.Server.Tests.Sessions;

/// <summary>A viewer of whose link nothing is known is sent what it can begin with, not all that its buffer takes.</summary>
public sealed class OpeningHoldTests : IDisposable
{
    private readonly SteeredViewer _viewer = new();
    private readonly DrivenSender _sender = new(Make.Timeline(Make.Fps(30), 7));

    public void Dispose() => _sender.Dispose();

    [Fact]
    public void WhatIsNotNeededToBeginWithComesOverAFastLinkAlreadyInABetterRung()
    {
        Begin();
        var due = _sender.Send();
        Assert.InRange(SecondsSent(), 1.9, 2);
        Assert.Equal(_sender.Clock.Elapsed + MediaSender.StarvedInterval, due);
        _sender.Time.Advance(TimeSpan.FromMilliseconds(60));
        _sender.Send();
        Assert.InRange(SecondsSent(), 1.9, 2);

        _viewer.Delivers(200_000);
        _sender.Time.Advance(TimeSpan.FromMilliseconds(30));
        _sender.Send();

        Assert.InRange(SecondsSent(), 3.9, 4);
        Assert.Equal([(0, 0), (1, 2)], _viewer.Notices.Select(n => (n.To, n.AtSeconds)));
    }

    /// <summary>A long way is waited for, but not so long that playout, which may have begun, comes to an end.</summary>
    [Theory]
    [InlineData(0, 0.1)]
    [InlineData(20_000, 0.5)]
    public void NothingIsWaitedForLong(long underWay, double seconds)
    {
        Begin();
        _viewer.Delivers(0, underWay);
        _sender.Send();
        _sender.Run(until: seconds - 0.002);
        Assert.InRange(SecondsSent(), 1.9, 2);
        _sender.Run(until: seconds + 0.01);
        Assert.InRange(SecondsSent(), 2.9, 3);
    }

    /// <summary>Where playout begins late in a GOP, what is left of it does not count for much.</summary>
    [Fact]
    public void WhoBeginsInAGopIsSentTheNextOnesAtOnce()
    {
        Begin(StartPoint.Position, position: 1.9);
        _sender.Send();
        Assert.InRange(SecondsSent(), 3.9, 4);
    }

    [Fact]
    public void WhoseLinkIsKnownIsSentAllAtOnce()
    {
        _viewer.LookAtLink(TimeSpan.Zero);
        _viewer.Delivers(200_000);
        _viewer.LookAtLink(TimeSpan.FromMilliseconds(100));
        _sender.Time.Advance(TimeSpan.FromMilliseconds(100));
        Begin();
        _sender.Send();
        Assert.InRange(SecondsSent(), 3.9, 4);
    }

    /// <summary>Of whom little is sent, nothing may be known of the link in between: that holds nothing up.</summary>
    [Fact]
    public void WhoseLinkWasKnownWaitsForNothingLater()
    {
        var viewing = Begin();
        _sender.Send();
        _viewer.Delivers(200_000);
        _sender.Run(until: 0.2);
        for (var second = 1; second <= 8; second++)
        {
            _sender.Time.Advance(TimeSpan.FromSeconds(second) - _sender.Clock.Elapsed);
            _viewer.LookAtLink(_sender.Clock.Elapsed);
        }

        Assert.Null(_viewer.Link.Estimate.BitsPerSecond);
        _sender.Report(viewing, 3);
        _sender.Send();
        Assert.InRange(SecondsSent(), 6.5, 7);
    }

    private Viewing Begin(StartPoint from = StartPoint.Beginning, double? position = null)
    {
        var select = new Select { Selection = 1, Channel = 0, From = from, PositionSeconds = position };
        var viewing = new Viewing(select, _sender.Channel, TimeSpan.FromSeconds(4), FakeChannel.LargestBatch, _sender.Clock.Now);
        var steering = new RungSteering(viewing, _viewer, _ => new UpOnceTheLinkIsKnown(), before: 0);
        _sender.Media.Begin(viewing, [new TrackFeed(viewing, _sender.Channel.AudioTrack, rungs: null), new TrackFeed(viewing, steering.FirstTrack, steering)]);
        return viewing;
    }

    private double SecondsSent() => WireOrder.Units(TrackKind.Video, _sender.Connection.Frames)[^1].Dts.TotalSeconds;

    private sealed class UpOnceTheLinkIsKnown : IRenditionSelector
    {
        public int Rung { get; private set; }

        public Decision? Update(in SelectorInput input, TimeSpan now)
        {
            if (Rung > 0 || input.Link.BitsPerSecond is null)
            {
                return null;
            }

            Rung = 1;
            return new Decision(Rung: 1, Previous: 0, "its link is known");
        }
    }
}
