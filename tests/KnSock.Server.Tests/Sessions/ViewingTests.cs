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
        Assert.Equal(27.0, viewing.Horizon(_channel.Clock.Now).TotalSeconds);
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
        Assert.Equal(38.0, viewing.Horizon(_channel.Clock.Now).TotalSeconds);

        // Playout stands at the position sought, in a pause for as long as it likes.
        viewing.OnSent(Timestamp.FromSeconds(38));
        Report(viewing, 34.5, PlayoutState.Paused);
        _channel.Time.Advance(TimeSpan.FromMinutes(10));
        Report(viewing, 34.5, PlayoutState.Paused);

        Assert.Equal(38.5, viewing.Horizon(_channel.Clock.Now).TotalSeconds);
    }

    [Fact]
    public void FeedbackMovesTheHorizon()
    {
        var viewing = _channel.View();
        viewing.OnSent(Timestamp.FromSeconds(4));
        _channel.Time.Advance(TimeSpan.FromSeconds(3));

        Report(viewing, 2.5);
        Assert.Equal(6.5, viewing.Horizon(_channel.Clock.Now).TotalSeconds);
        Report(viewing, position: null);
        Assert.Equal(6.5, viewing.Horizon(_channel.Clock.Now).TotalSeconds);
    }

    [Fact]
    public void ALieDoesNotMoveIt()
    {
        var viewing = _channel.View();
        viewing.OnSent(Timestamp.FromSeconds(4));
        _channel.Time.Advance(TimeSpan.FromSeconds(3));

        Report(viewing, 1e9);

        Assert.Equal(4, viewing.Horizon(_channel.Clock.Now).TotalSeconds, 3);
        // It says that it plays, and so it may.
        _channel.Time.Advance(TimeSpan.FromSeconds(3));
        Assert.Equal(4 + 3, viewing.Horizon(_channel.Clock.Now).TotalSeconds, 3);
    }

    [Theory]
    [InlineData(0.5, 0.0625)]
    [InlineData(4, 0.5)]
    [InlineData(8, 1)]
    [InlineData(60, 1)]
    public void ABatchIsASmallPartOfTheBuffer(double maxBuffer, double seconds) => Assert.Equal(seconds, _channel.View(maxBuffer: maxBuffer).Batch.TotalSeconds);

    [Fact]
    public void AtTheLiveEdgeTheHorizonIsTheLiveEdgeWhateverIsReported()
    {
        _channel.Time.Advance(TimeSpan.FromSeconds(23.7));
        var viewing = _channel.View(from: StartPoint.Live, maxBuffer: 0);
        Assert.True(viewing.IsAtLiveEdge);
        Assert.Equal((2L, 3, 23.0), (viewing.Turn, viewing.Gop, viewing.Start.TotalSeconds));

        _channel.Time.Advance(TimeSpan.FromSeconds(2));
        Report(viewing, 1e9);
        Assert.Equal(25.7, viewing.Horizon(_channel.Clock.Now).TotalSeconds, 5);
        Report(viewing, 1);
        Assert.Equal(25.7, viewing.Horizon(_channel.Clock.Now).TotalSeconds, 5);
        Assert.Equal(30.25, (viewing.Epoch.SinceZero + Timestamp.FromSeconds(30.25).SinceZero).TotalSeconds, 5);
    }

    [Fact]
    public void OnATimelineOfItsOwnAPositionHasItsTimeToo()
    {
        _channel.Time.Advance(TimeSpan.FromSeconds(23.7));
        var viewing = _channel.View(from: StartPoint.Position, position: 34.5);

        Assert.Equal(23.7 + 2, (viewing.Epoch.SinceZero + Timestamp.FromSeconds(36.5).SinceZero).TotalSeconds, 5);
    }

    private void Report(Viewing viewing, double? position, PlayoutState state = PlayoutState.Playing) => viewing.Report(
        new FeedbackFigures(1, state, position, VideoBufferSeconds: 1, AudioBufferSeconds: 1, TargetSeconds: 0), _channel.Clock.Now);
}
