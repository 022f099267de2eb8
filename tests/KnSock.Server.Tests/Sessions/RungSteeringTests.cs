using KnSock.Media;
using KnSock.Protocol.Messages;
using KnSock.Server.Adaptation;
using KnSock.Server.Sessions;

namespace KnSock.Server.Tests.Sessions;

public sealed class RungSteeringTests : IAsyncDisposable
{
    private readonly FakeChannel _channel = new();
    private readonly SteeredViewer _viewer = new();

    private static readonly Func<int, IRenditionSelector> Selector = first => new RenditionSelector(new RenditionSelectorOptions(), first);

    public ValueTask DisposeAsync() => _channel.DisposeAsync();

    [Fact]
    public void AColdChannelBeginsModestly()
    {
        using var steering = new RungSteering(_channel.View(), _viewer, Selector);

        // 300 and 900 kbit/s with sound and framing: the upper is more than a million.
        Assert.Equal(_channel.Low, steering.FirstTrack);
    }

    /// <summary>It costs no wait here, but on a slow link its first picture would.</summary>
    [Fact]
    public async Task WhatNotNearlyEveryLinkCarriesIsNotBegunWithAlthoughItIsThere()
    {
        using var reader = _channel.High.OpenReader(0);
        await Eventually.TrueAsync(() => _channel.High.ReadyUnits(0) > 0);

        using var steering = new RungSteering(_channel.View(), _viewer, Selector);

        Assert.Equal(_channel.Low, steering.FirstTrack);
    }

    [Fact]
    public async Task WhoSeeksKeepsTheRungWhereItCostsNoWait()
    {
        using var cold = new RungSteering(_channel.View(), _viewer, Selector, before: 1);
        Assert.Equal(_channel.Low, cold.FirstTrack);

        using var high = _channel.High.OpenReader(0);
        await Eventually.TrueAsync(() => _channel.High.ReadyUnits(0) > 0);
        using var warm = new RungSteering(_channel.View(), _viewer, Selector, before: 1);
        Assert.Equal((_channel.High, 1), (warm.FirstTrack, warm.Rung));
        using var onNarrowLink = new RungSteering(_channel.View(), _viewer, Selector, before: 0);
        Assert.Equal(_channel.Low, onNarrowLink.FirstTrack);
    }

    /// <summary>What the next GOP weighs decides whether a rung fits. A group's members take no steps of their own, so their cursors stand where they joined it.</summary>
    [Fact]
    public void WhoGoesOnWithOthersIsStillShownTheGopThatComesNext()
    {
        var channel = FilledChannel.Create(Make.Timeline(Make.Fps(30), 3.4));
        var viewing = new Viewing(new Select { Selection = 1, Channel = 0, From = StartPoint.Live }, channel, TimeSpan.Zero, FakeChannel.LargestBatch, Timestamp.Zero);
        using var steering = new RungSteering(viewing, _viewer, Selector);
        using var cursor = new TrackCursor(channel.Timeline, channel.VideoTracks[0], turn: 0, gop: 0);
        steering.Steer(cursor, TimeSpan.Zero);
        steering.Suspend();

        // Three GOPs of a second, and the last of 0.4 s.
        Assert.Equal([1, 1, 0.4, 1, 0.4], ((double[])[0.5, 1.5, 2.5, 3.2, 63.4]).Select(NextSeconds));

        double NextSeconds(double at) => steering.Look(TimeSpan.FromSeconds(at)).Input.Next[0].Duration.TotalSeconds;
    }

    [Fact]
    public async Task EachChangeIsToldOnceWithWhereAndWhy()
    {
        using var steering = new RungSteering(_channel.View(), _viewer, Selector);
        using var cursor = new TrackCursor(_channel.Timeline, _channel.Low, turn: 0, gop: 0);
        await Eventually.TrueAsync(() => _channel.Low[1] is { IsComplete: true });
        Walk(steering, cursor, 30);
        Assert.Equal(((int?)null, 0, 0.0), (_viewer.Notices[0].From, _viewer.Notices[0].To, _viewer.Notices[0].AtSeconds));

        Assert.Equal(0, steering.Look(TimeSpan.Zero).Input.RecentChanges);

        // All that was offered came through at once: the higher rung is chosen with the second GOP, and begins when it is there.
        _viewer.Delivers(1_000_000);
        Walk(steering, cursor, 30, at: 1);
        Assert.Equal(1, Assert.Single(_viewer.Decisions).Decision?.Rung);
        await Eventually.TrueAsync(() => _channel.High[2] is { IsComplete: true } && _channel.High.ReadyUnits(3) > 0);
        Walk(steering, cursor, 5, at: 2);

        Assert.Equal(2, _viewer.Notices.Count);
        Assert.Equal((0, 1), (_viewer.Notices[1].From, _viewer.Notices[1].To));
        // The encoder may be so quick that the GOP at which it was chosen has it.
        Assert.True(_viewer.Notices[1].AtSeconds is 1 or 2);
        Assert.InRange(steering.Look(TimeSpan.FromSeconds(2)).Input.RecentChanges, 0.9, 1);
        Assert.Contains("at least 7869 kbit/s", _viewer.Notices[1].Reason, StringComparison.Ordinal);
    }

    /// <summary>A higher rung whose encoder has just begun: who has little to spare stays where it is until a whole GOP is there.</summary>
    [Fact]
    public async Task WhoHasLittleToSpareDoesNotWaitForAnEncoder()
    {
        using var rungs = new RungSwitch([_channel.Low, _channel.High], initialRung: 0);
        using var cursor = new TrackCursor(_channel.Timeline, _channel.Low, turn: 0, gop: 0);
        await Eventually.TrueAsync(() => _channel.Low[0] is { IsComplete: true });
        var begun = _channel.High.TryBegin(0, Make.VideoSetup(1));
        Assert.NotNull(begun);
        _channel.High.Append(begun, _channel.Low[0]![0]);
        rungs.Choose(1, "test");

        Assert.False(rungs.TryAtGopStart(cursor, isHurried: true));
        Assert.Equal(_channel.Low, cursor.Track);
        Assert.True(rungs.TryAtGopStart(cursor, isHurried: false));
        Assert.Equal(_channel.High, cursor.Track);
    }

    private static void Walk(RungSteering steering, TrackCursor cursor, int units, double at = 0)
    {
        for (var i = 0; i < units; i++)
        {
            steering.Steer(cursor, TimeSpan.FromSeconds(at));
            cursor.Read();
        }
    }
}
