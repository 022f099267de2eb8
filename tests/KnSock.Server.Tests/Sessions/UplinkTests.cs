using KnSock.Protocol.Messages;
using KnSock.Server.Adaptation;
using KnSock.Server.Sessions;

namespace KnSock.Server.Tests.Sessions;

/// <summary>A server whose uplink has a limit, and those who share it.</summary>
public sealed class UplinkTests
{
    // What a rung of the channel costs, with sound and framing: 431 and 1,031 kbit/s.
    private const long ForTwoHigh = 2_600_000;

    private const long ForOneOfEach = 2_000_000;

    private static readonly Func<int, IRenditionSelector> Selector = first => new RenditionSelector(new RenditionSelectorOptions(), first);

    [Fact]
    public async Task WhoComesFirstIsSentWhatThereIsRoomForAndIsToldWhyNoMore()
    {
        await using var channel = new FakeChannel();
        using var warm = channel.High.OpenReader(0);
        await Eventually.TrueAsync(() => channel.High.ReadyUnits(0) > 0);
        var viewer = new FakeViewer(channel.Clock);
        using var session = new DrivenSession(channel, viewer, uplink: new Uplink(1_000_000));

        viewer.Say(new Select { Selection = 1, Channel = 0, From = StartPoint.Beginning });
        await session.UntilAsync(() => viewer.VideoFrames.Units.Any());

        Assert.Equal(0, Assert.Single(viewer.Heard.OfType<RenditionNotice>()).To);
    }

    [Fact]
    public async Task WhoMayHaveLessGoesDownWithTheReasonInWordsAndUpWhenAnotherHasLeft()
    {
        await using var channel = new FakeChannel();
        using var warm = channel.High.OpenReader(0);
        await Eventually.TrueAsync(() => channel.High.ReadyUnits(0) > 0);
        var uplink = new Uplink(ForOneOfEach);
        var (first, second) = (new SteeredViewer(), new SteeredViewer());
        using var one = new RungSteering(channel.View(), first, Selector, before: 1, uplink: uplink);
        Assert.Equal(1, one.Rung);
        uplink.Turn();

        using (var other = new RungSteering(channel.View(), second, Selector, before: 1, uplink: uplink))
        {
            // The first has what it had; the second has what is left.
            Assert.Equal(0, other.Rung);
            Turn(uplink, 2, (one, 1), (other, 1));
            Assert.Equal((1, 0), (one.Rung, other.Rung));
            Assert.Equal((string?[])[null, "the server's uplink of 2 Mbit/s is divided among its viewers"], other.Look(TimeSpan.Zero).Input.Withdrawn!);
        }

        using var third = new RungSteering(channel.View(), second, Selector, before: 1, uplink: new Uplink(ForTwoHigh));
        Assert.Equal(1, third.Rung);
    }

    [Fact]
    public async Task WhatIsGivenToOthersIsTakenAtTheNextReport()
    {
        await using var channel = new FakeChannel();
        using var warm = channel.High.OpenReader(0);
        await Eventually.TrueAsync(() => channel.High.ReadyUnits(0) > 0);
        var uplink = new Uplink(ForOneOfEach);
        var viewer = new SteeredViewer();
        using var one = new RungSteering(channel.View(), viewer, Selector, before: 1, uplink: uplink);
        var others = Enumerable.Range(0, 3).Select(_ => new RungSteering(channel.View(), new SteeredViewer(), Selector, before: 0, uplink: uplink)).ToList();

        Turn(uplink, 1, (one, 1));

        var decision = Assert.Single(viewer.Decisions).Decision!;
        Assert.Equal((1, 0), (decision.Previous, decision.Rung));
        Assert.Equal("the rung is not offered any more: the server's uplink of 2 Mbit/s is divided among its viewers", decision.Reason);

        others.ForEach(o => o.Dispose());
        Turn(uplink, 4, (one, 1));
        Assert.Null(one.Look(TimeSpan.Zero).Input.Withdrawn?[1]);
    }

    private static void Turn(Uplink uplink, int times, params (RungSteering Steering, uint Selection)[] viewers)
    {
        for (var i = 0; i < times; i++)
        {
            uplink.Turn();
            foreach (var (steering, selection) in viewers)
            {
                steering.Update(new FeedbackFigures(selection, PlayoutState.Playing, 0, 5, 5, 1), TimeSpan.Zero);
            }
        }
    }
}
