using KnSock.Protocol.Messages;
using KnSock.Server.Adaptation;

namespace KnSock.Server.Tests.Sessions;

/// <summary>What a session knows of why it is sent what it is sent, and whom it tells.</summary>
public sealed class ViewerDecisionTests : IAsyncDisposable
{
    private readonly FakeChannel _channel = new();
    private readonly FakeViewer _viewer;
    private readonly DrivenSession _session;

    public ViewerDecisionTests()
    {
        _viewer = new FakeViewer(_channel.Clock);
        _session = new DrivenSession(_channel, _viewer, maxBuffer: 8);
    }

    public async ValueTask DisposeAsync()
    {
        _session.Dispose();
        await _channel.DisposeAsync();
    }

    [Theory]
    [InlineData(false, null, "forbidden")]
    [InlineData(false, "v1", "forbidden")]
    [InlineData(false, "v9", "forbidden")]
    [InlineData(true, "v9", "unknownViewer")]
    [InlineData(true, "", "unknownViewer")]
    public async Task WhoMayNotAskOrAsksForWhatThereIsNotIsTold(bool isOnThisMachine, string? session, string code)
    {
        _viewer.MaySeeOthers = isOnThisMachine;
        _session.Turn();
        _viewer.Say(new Why { Session = session });
        _session.Turn();

        var error = Assert.Single(_viewer.Heard.OfType<ErrorNotice>());
        Assert.Equal(code, error.Code);
        Assert.Contains(';', error.Message);
        // It may go on with what is its own.
        _viewer.Say(new Ping { Id = 4 });
        _session.Turn();
        Assert.Contains(_viewer.Heard, m => m is Pong { Id: 4 });
        await _session.Session.Answered;
    }

    [Fact]
    public async Task AChangeIsKeptWithWhatItWasTakenFromAndHowThingsStandIsFoundWhenAsked()
    {
        using var kept = _channel.High.OpenReader(0);
        await Eventually.TrueAsync(() => _channel.High[0] is { IsComplete: true });
        _session.Turn();
        Assert.Empty(_session.Session.Explain());
        _viewer.Say(new Limits { Rendition = 1 });
        _viewer.Say(new Select { Selection = 1, Channel = 0, From = StartPoint.Beginning });
        await _session.UntilAsync(() => _viewer.VideoFrames.Units.Any(u => u.Header.Rendition == 1));
        _viewer.Say(new Limits());
        _session.Turn();
        var first = Assert.Single(_session.Session.Explain());
        Assert.Equal((null, 1, "a.mp4"), (first.Decision, first.Before, first.Channel));

        _channel.Channel.Withdraw(1, "too slow");
        _channel.Time.Advance(TimeSpan.FromMilliseconds(100));
        _viewer.Say(new Feedback { Selection = 1, State = PlayoutState.Playing, PositionSeconds = 0.1, VideoBufferSeconds = 3, AudioBufferSeconds = 3 });
        _session.Turn();

        var explained = _session.Session.Explain();
        Assert.Equal(2, explained.Count);
        var change = explained[0].ToRecord();
        Assert.Equal((1, 0, false, "v1"), (change.Decision.Previous, change.Decision.Rung, change.IsPresent, change.Session));
        Assert.Equal((change.Decision, "too slow"), (change.Retake().Decision, change.Candidates[1].NotWeighed));
        Assert.Equal(_channel.Clock.Elapsed, change.At);
        var present = explained[1].ToRecord();
        Assert.Equal((0, 0, true), (present.Decision.Previous, present.Decision.Rung, present.IsPresent));

        // To look changes nothing; only what is encoded grows meanwhile.
        var again = _session.Session.Explain();
        Assert.Equal((explained[0], 2, 0, (Decision?)null), (again[0], again.Count, again[1].Before, again[1].Decision));

        _viewer.Say(new Stop { Selection = 1 });
        _session.Turn();
        Assert.Equal(explained[0], Assert.Single(_session.Session.Explain()));
    }
}
