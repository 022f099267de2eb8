using KnSock.Media;
using KnSock.Protocol.Messages;
using KnSock.Server.Sessions;

namespace KnSock.Server.Tests.Sessions;

public sealed class ViewingTests : IAsyncDisposable
{
    private readonly FakeChannel _channel = new();

    public ValueTask DisposeAsync() => _channel.DisposeAsync();

    [Fact]
    public void ALiveViewerBeginsAtTheKeyframeAtOrBeforeTheBroadcast()
    {
        _channel.Time.Advance(TimeSpan.FromSeconds(23.7));

        var viewing = _channel.View(from: StartPoint.Live);

        Assert.Equal((2L, 3, 23.0), (viewing.Turn, viewing.Gop, viewing.Start.TotalSeconds));
        Assert.Equal(27.0, viewing.Horizon.TotalSeconds);
        _channel.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(24.7, viewing.LiveEdge(_channel.Clock.Now).TotalSeconds, 3);
    }

    [Theory]
    [InlineData(StartPoint.Beginning, null, 0, 0, 0)]
    [InlineData(StartPoint.Position, 34.5, 3, 4, 34)]
    [InlineData(StartPoint.Position, null, 0, 0, 0)]
    public void OthersHaveATimelineOfTheirOwn(StartPoint from, double? position, long turn, int gop, double start)
    {
        _channel.Time.Advance(TimeSpan.FromSeconds(23.7));

        var viewing = _channel.View(from: from, position: position);

        Assert.Equal((turn, gop, start), (viewing.Turn, viewing.Gop, viewing.Start.TotalSeconds));
        // Where playout would be without delay: it begins at the position asked for, within the GOP.
        Assert.Equal(position ?? 0, viewing.LiveEdge(_channel.Clock.Now).TotalSeconds, 6);
        _channel.Time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal((position ?? 0) + 5, viewing.LiveEdge(_channel.Clock.Now).TotalSeconds, 6);
    }

    [Fact]
    public void APositionFarBeyondTheFirstTurnsIsExact()
    {
        var viewing = _channel.View(from: StartPoint.Position, position: 1e9 - 0.25);

        // Turns of 10 s in GOPs of 1 s.
        Assert.Equal((99_999_999L, 9, 999_999_999.0), (viewing.Turn, viewing.Gop, viewing.Start.TotalSeconds));
    }

    [Fact]
    public void WhoSoughtIsSentNoMoreThanWhatPlayoutThereNeeds()
    {
        var viewing = _channel.View(from: StartPoint.Position, position: 34.5);
        Assert.Equal(38.0, viewing.Horizon.TotalSeconds);

        // Playout stands at the position sought, in a pause for as long as it likes.
        Report(viewing, 34.5);
        _channel.Time.Advance(TimeSpan.FromMinutes(10));
        Report(viewing, 34.5);

        Assert.Equal(38.5, viewing.Horizon.TotalSeconds);
    }

    [Fact]
    public void FeedbackMovesTheHorizon()
    {
        var viewing = _channel.View();
        _channel.Time.Advance(TimeSpan.FromSeconds(3));

        Report(viewing, 2.5);
        Assert.Equal(6.5, viewing.Horizon.TotalSeconds);
        Report(viewing, position: null);
        Assert.Equal(6.5, viewing.Horizon.TotalSeconds);
    }

    [Fact]
    public void ALieDoesNotMoveItFarBeyondTheLiveEdge()
    {
        var viewing = _channel.View();
        _channel.Time.Advance(TimeSpan.FromSeconds(3));

        Report(viewing, 1e9);

        Assert.Equal(3 + 4 + 4, viewing.Horizon.TotalSeconds, 3);
    }

    [Fact]
    public async Task WhoHasToWaitWaitsForRoomForABurst()
    {
        var viewing = _channel.View();
        _channel.Time.Advance(TimeSpan.FromSeconds(3));
        var waiting = viewing.WaitForRoomAsync(Timestamp.FromSeconds(5), inBurst: true, CancellationToken.None).AsTask();

        Report(viewing, 1.2);
        await Eventually.SettleAsync();
        Assert.False(waiting.IsCompleted);
        Report(viewing, 1.5);

        await waiting;
    }

    private void Report(Viewing viewing, double? position) => viewing.Report(
        new Feedback { Selection = 1, State = PlayoutState.Playing, PositionSeconds = position, VideoBufferSeconds = 1, AudioBufferSeconds = 1 }, _channel.Clock.Now);
}
