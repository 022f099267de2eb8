using KnSock.Protocol.Messages;
using KnSock.Server.Adaptation;
using KnSock.Server.Sessions;

namespace KnSock.Server.Tests.Sessions;

public sealed class RungSteeringTests : IAsyncDisposable
{
    private readonly FakeChannel _channel = new();
    private readonly List<RenditionNotice> _notices = [];

    private static readonly Func<int, IRenditionSelector> Selector = first => new RenditionSelector(new RenditionSelectorOptions(), first);

    public ValueTask DisposeAsync() => _channel.DisposeAsync();

    [Fact]
    public void AColdChannelBeginsModestly()
    {
        using var steering = new RungSteering(_channel.View(), new LinkEstimator(), Selector, _notices.Add);

        // 300 and 900 kbit/s with sound and framing: the upper is more than a million.
        Assert.Equal(_channel.Low, steering.FirstTrack);
    }

    [Fact]
    public async Task ARungThatIsWatchedAlreadyCostsNoWait()
    {
        using var reader = _channel.High.OpenReader(0);
        await Eventually.TrueAsync(() => _channel.High.ReadyUnits(0) > 0);

        using var steering = new RungSteering(_channel.View(), new LinkEstimator(), Selector, _notices.Add);

        Assert.Equal(_channel.High, steering.FirstTrack);
    }

    [Fact]
    public async Task WhoSeeksKeepsTheRungWhereItCostsNoWait()
    {
        using var cold = new RungSteering(_channel.View(), new LinkEstimator(), Selector, _notices.Add, before: 1);
        Assert.Equal(_channel.Low, cold.FirstTrack);

        using var high = _channel.High.OpenReader(0);
        await Eventually.TrueAsync(() => _channel.High.ReadyUnits(0) > 0);
        using var warm = new RungSteering(_channel.View(), new LinkEstimator(), Selector, _notices.Add, before: 1);
        Assert.Equal((_channel.High, 1), (warm.FirstTrack, warm.Rung));
        using var onNarrowLink = new RungSteering(_channel.View(), new LinkEstimator(), Selector, _notices.Add, before: 0);
        Assert.Equal(_channel.Low, onNarrowLink.FirstTrack);
    }

    [Fact]
    public async Task EachChangeIsToldOnceWithWhereAndWhy()
    {
        var link = new LinkEstimator();
        using var steering = new RungSteering(_channel.View(), link, Selector, _notices.Add);
        using var cursor = new TrackCursor(_channel.Timeline, _channel.Low, turn: 0, gop: 0);
        await Eventually.TrueAsync(() => _channel.Low[1] is { IsComplete: true });
        Walk(steering, cursor, 5);
        Assert.Equal(((int?)null, 0, 0.0), (_notices[0].From, _notices[0].To, _notices[0].AtSeconds));

        link.Add(new LinkSample(0, IsBacklogged: false), TimeSpan.FromSeconds(0.9));
        link.Add(new LinkSample(1_000_000, IsBacklogged: false), TimeSpan.FromSeconds(1));
        Assert.Null(steering.Update(Playing, TimeSpan.FromSeconds(1)));
        Assert.Equal(1, steering.Update(Playing, TimeSpan.FromSeconds(2))?.Decision.Rung);
        Walk(steering, cursor, 10);
        await Eventually.TrueAsync(() => _channel.High.ReadyUnits(1) > 0);
        Walk(steering, cursor, 18);

        Assert.Equal(2, _notices.Count);
        Assert.Equal((0, 1, 1.0), (_notices[1].From, _notices[1].To, _notices[1].AtSeconds));
        Assert.Contains("80000 kbit/s", _notices[1].Reason, StringComparison.Ordinal);
    }

    private static FeedbackFigures Playing { get; } = new(1, PlayoutState.Playing, PositionSeconds: 1, VideoBufferSeconds: 3.5, AudioBufferSeconds: 3.5, TargetSeconds: 0);

    private static void Walk(RungSteering steering, TrackCursor cursor, int units)
    {
        for (var i = 0; i < units; i++)
        {
            steering.Steer(cursor);
            cursor.Read();
        }
    }
}
