using KnSock.Media;
using KnSock.Protocol.Messages;
using KnSock.Server.Adaptation;
using KnSock.Server.Sessions;

namespace KnSock.Server.Tests.Sessions;

public sealed class ClientLimitsTests : IAsyncDisposable
{
    private readonly FakeChannel _channel = new();
    private readonly SteeredViewer _viewer = new();

    public ValueTask DisposeAsync() => _channel.DisposeAsync();

    [Fact]
    public void TheLowestOfAllCapsHoldsAndTheLowestRungIsAlwaysSent()
    {
        var limits = new RungLimits(_channel.Channel.Rungs);
        Assert.Equal((1, null), (limits.Highest, limits.Reasons));
        limits.Set(RungCap.Window, 1, "as high as the ladder");
        Assert.Null(limits.Reasons);
        limits.Set(RungCap.User, 0, "the user");
        Assert.Equal([null, "the user"], limits.Reasons);
        limits.Set(RungCap.Decoder, -1, "the decoder");
        Assert.Equal(0, limits.Highest);
        limits.Set(RungCap.User, 1, "");
        Assert.Equal((0, "the decoder"), (limits.Highest, limits[1]));
        limits.Set(RungCap.Decoder, 4, "");
        Assert.Equal((1, null), (limits.Highest, limits.Reasons));

        _channel.Channel.Withdraw(1, "for all");
        limits.Set(RungCap.User, 0, "the user");
        Assert.Equal([null, "for all"], limits.Reasons);
        Assert.Equal(0, limits.Highest);
    }

    [Theory]
    [InlineData(0, null, 0)]
    [InlineData(1, null, 1)]
    [InlineData(2, null, null)]
    [InlineData(null, null, null)]
    [InlineData(1, "for all", null)]
    [InlineData(0, "for all", 0)]
    public void TheUserMayChooseARungForAnyWindow(int? rendition, string? withdrawn, int? chosen)
    {
        _channel.Channel.Withdraw(1, withdrawn);
        var limits = new ClientLimits(_channel.Channel);
        limits.Follow(new Limits { Rendition = rendition, WindowHeight = 0 }, TimeSpan.Zero);
        Assert.Equal(chosen, limits.Chosen);
        limits.Follow(new Limits { WindowHeight = 0 }, TimeSpan.FromSeconds(1));
        Assert.Null(limits.Chosen);
        Assert.Equal(0, limits.Rungs.Highest);
    }

    [Theory]
    [InlineData(null, null, 1, null)]
    [InlineData(360, null, 1, null)]
    [InlineData(359, null, 0, "the viewer's own limit is 359 lines")]
    [InlineData(1, null, 0, "the viewer's own limit is 1 lines")]
    [InlineData(null, 996_000, 1, null)]
    [InlineData(null, 995_999, 0, "the viewer's own limit is 995 kbit/s")]
    public void TheUserMayWantNoMore(int? height, int? rate, int highest, string? reason)
    {
        var limits = new ClientLimits(_channel.Channel);
        limits.Follow(new Limits { MaxHeight = height, MaxBitsPerSecond = rate }, TimeSpan.Zero);
        Assert.Equal((highest, reason), (limits.Rungs.Highest, limits.Rungs[1]));
        limits.Follow(new Limits(), TimeSpan.Zero);
        Assert.Equal(1, limits.Rungs.Highest);
    }

    /// <summary>A rung that is of no use any more goes on to the end of its GOP: nothing was wrong with it.</summary>
    [Fact]
    public async Task AChangeForALimitComesWithTheNextGop()
    {
        using var warm = _channel.High.OpenReader(0);
        await Eventually.TrueAsync(() => _channel.High[1] is { IsComplete: true });
        using var steering = new RungSteering(_channel.View(), _viewer, first => new RenditionSelector(new RenditionSelectorOptions(), first), before: 1);
        using var cursor = new TrackCursor(_channel.Timeline, _channel.High, turn: 0, gop: 0);
        Assert.Equal(_channel.High, steering.FirstTrack);
        Walk(steering, cursor, 10);

        steering.Client.Follow(new Limits { MaxHeight = 180 }, TimeSpan.FromSeconds(0.3));
        steering.Update(Report(0.2), TimeSpan.FromSeconds(0.4));
        var decision = Assert.Single(_viewer.Decisions).Decision!;
        Assert.Equal(0, decision.Rung);
        Assert.Contains("the viewer's own limit is 180 lines", decision.Reason, StringComparison.Ordinal);
        Assert.True(steering.IsPending);
        await Eventually.TrueAsync(() => _channel.Low[1] is { IsComplete: true } && _channel.Low[0] is { IsComplete: true });
        Walk(steering, cursor, 20);
        Assert.Equal(_channel.High, cursor.Track);
        _viewer.Delivers(100_000);
        Walk(steering, cursor, 1, at: 0.6);
        Assert.Equal(_channel.Low, cursor.Track);
        Assert.Equal(1, _viewer.Notices[^1].AtSeconds);
        // There is nothing better to be had, so it costs no more than one at the top.
        Assert.True(steering.IsAtTop);

        steering.Client.Follow(new Limits(), TimeSpan.FromSeconds(1));
        Assert.False(steering.IsAtTop);
    }

    [Fact]
    public async Task TheFirstRungKeepsToTheLimits()
    {
        using var warm = _channel.High.OpenReader(0);
        await Eventually.TrueAsync(() => _channel.High.ReadyUnits(0) > 0);
        var limits = new ClientLimits(_channel.Channel);
        limits.Follow(new Limits { WindowHeight = 0 }, TimeSpan.Zero);
        using var steering = new RungSteering(_channel.View(), _viewer, first => new RenditionSelector(new RenditionSelectorOptions(), first), before: 1, limits);
        Assert.Equal(_channel.Low, steering.FirstTrack);
    }

    [Fact]
    public void WhatIsPlayedIsWhatWasSentForThatPosition()
    {
        var played = new PlayedRung();
        Assert.Null(played.At(Timestamp.Zero));
        played.Begin(Timestamp.FromSeconds(1), 0);
        played.Begin(Timestamp.FromSeconds(3), 2);
        played.Begin(Timestamp.FromSeconds(5), 4);
        // That GOP is begun again.
        played.Begin(Timestamp.FromSeconds(5), 1);
        Assert.Null(played.At(Timestamp.FromSeconds(0.5)));
        Assert.Equal([0, 0, 2, 2, 1, 1], new[] { 1, 2.9, 3, 4.9, 5, 99 }.Select(s => played.At(Timestamp.FromSeconds(s))!.Value));
        for (var i = 0; i < 1000; i++)
        {
            played.Begin(Timestamp.FromSeconds(100 + i), i % 5);
        }

        Assert.Equal(4, played.At(Timestamp.FromSeconds(5000)));
    }

    private static FeedbackFigures Report(double position) => new(1, PlayoutState.Playing, position, 1, 1, 0);

    private static void Walk(RungSteering steering, TrackCursor cursor, int units, double at = 0.5)
    {
        for (var i = 0; i < units; i++)
        {
            steering.Steer(cursor, TimeSpan.FromSeconds(at));
            cursor.Read();
        }
    }
}
