using KnSock.Protocol.Messages;
using KnSock.Server.Adaptation;

namespace KnSock.Server.Tests.Sessions;

public sealed class ViewerSessionTests : IAsyncDisposable
{
    private readonly FakeChannel _channel = new();
    private readonly FakeViewer _viewer;
    private readonly DrivenSession _session;

    public ViewerSessionTests()
    {
        _viewer = new FakeViewer(_channel.Clock);
        _session = new DrivenSession(_channel, _viewer);
    }

    public async ValueTask DisposeAsync()
    {
        _session.Dispose();
        Assert.False(_channel.Low.IsRead || _channel.High.IsRead || _channel.Channel.AudioTrack.IsRead);
        await _channel.DisposeAsync();
    }

    [Fact]
    public void AViewerThatDoesNotReadItsMessagesIsLetGo()
    {
        _session.Turn();
        _viewer.IsDeaf = true;
        _viewer.Say(new Ping { Id = 1 });

        _session.Turn();

        Assert.True(_session.HasEnded && _viewer.IsDisposed);
    }

    [Fact]
    public async Task TheCatalogComesAgainWhenItChanges()
    {
        _session.Turn();
        Assert.Single(_viewer.Heard.OfType<Catalog>());

        _channel.Channel.Withdraw(1, "too slow");
        await _session.UntilAsync(() => _viewer.Heard.OfType<Catalog>().Count() == 2, stepMs: 100);
        _channel.Channel.WarnOfStore("the disk is full");
        await _session.UntilAsync(() => _viewer.Heard.OfType<Catalog>().Count() == 3, stepMs: 100);
        _channel.Channel.Withdraw(1, reason: null);
        _channel.Channel.WarnOfStore(reason: null);
        await _session.UntilAsync(() => _viewer.Heard.OfType<Catalog>().Last().Channels[0] is { Warnings: null, Renditions: [_, { Withdrawn: null }] }, stepMs: 100);

        // Looked for once a second.
        Assert.InRange(_channel.Time.Now.TotalSeconds, 0, 3.5);
        var catalogs = _viewer.Heard.OfType<Catalog>().Select(c => c.Channels[0]).ToList();
        Assert.True(catalogs[1].Renditions is [{ Withdrawn: null }, { Withdrawn: "too slow" }]);
        Assert.True(catalogs[2].Warnings is ["the disk is full"]);
    }

    /// <summary>Who says it first gets the first picture so, and who says it later a change.</summary>
    [Fact]
    public async Task WhatIsOfUseToAViewerHoldsFromTheFirstPictureAndForAllSelections()
    {
        using var warm = _channel.High.OpenReader(0);
        await Eventually.TrueAsync(() => _channel.High.ReadyUnits(3) > 0);
        _viewer.Say(new Limits { MaxHeight = 200 });
        _viewer.Say(new Limits { MaxHeight = -1 });
        _viewer.Say(new Select { Selection = 1, Channel = 0, From = StartPoint.Beginning });
        await _session.UntilAsync(() => _viewer.VideoFrames.Units.Any());
        _viewer.Say(new Select { Selection = 2, Channel = 0, From = StartPoint.Beginning });
        await _session.UntilAsync(() => _viewer.Heard.OfType<RenditionNotice>().Any(n => n.Selection == 2));
        Assert.All(_viewer.Heard.OfType<RenditionNotice>(), n => Assert.Equal(0, n.To));

        _viewer.Say(new Limits());
        _viewer.Say(new Select { Selection = 3, Channel = 0, From = StartPoint.Beginning });
        await _session.UntilAsync(() => _viewer.Heard.OfType<RenditionNotice>().Any(n => n.Selection == 3));
    }

    [Fact]
    public async Task OfReportsThatCameTogetherTheLastCountsAndWhatLiesBetweenIsHeard()
    {
        _viewer.Say(new Select { Selection = 1, Channel = 0, From = StartPoint.Beginning });
        await _session.UntilAsync(() => _viewer.VideoFrames.Units.Count() >= 115);
        _channel.Time.Advance(TimeSpan.FromSeconds(3));

        _viewer.Say(Report(0.2, 1));
        _viewer.Say(Report(0.3, 1));
        _viewer.Say(new Ping { Id = 7 });
        _viewer.Say(Report(2.9, 1));
        _viewer.Say(Report(3, 1));

        await _session.UntilAsync(() => _viewer.VideoFrames.Units.Count() >= 200);
        Assert.Contains(_viewer.Heard, m => m is Pong { Id: 7 });

        // Behind the last report something else: that report counts all the same.
        _channel.Time.Advance(TimeSpan.FromSeconds(3));
        _viewer.Say(Report(5.9, 1));
        _viewer.Say(Report(6, 1));
        _viewer.Say(new Ping { Id = 8 });
        await _session.UntilAsync(() => _viewer.VideoFrames.Units.Count() >= 290);
    }

    [Fact]
    public async Task WhoPlaysWellAtTheTopIsHeardLaterAndWhoDoesNotAtOnce()
    {
        using var session = new DrivenSession(_channel, new FakeViewer(_channel.Clock), maxBuffer: 8);
        var viewer = session.Viewer;
        using var kept = _channel.High.OpenReader(0);
        await Eventually.TrueAsync(() => _channel.High[0] is { IsComplete: true });
        viewer.Say(new Limits { Rendition = 1 });
        viewer.Say(new Select { Selection = 1, Channel = 0, From = StartPoint.Beginning });
        // No more lies ready than was sent, whatever a viewer says.
        await session.UntilAsync(() => viewer.VideoFrames.Units.Any(u => u.Header.Rendition == 1 && u.Header.Pts.TotalSeconds > 7.5));

        Turn(Report(1, 2));
        Assert.False(viewer.IsHeardLater);
        Turn(Report(1.5, 6));
        Assert.True(viewer.IsHeardLater);
        Turn(Report(1.5, 6) with { State = PlayoutState.Paused });
        Assert.False(viewer.IsHeardLater);
        Turn(Report(2, 7));
        Assert.True(viewer.IsHeardLater);
        for (var i = 0; i < 10; i++)
        {
            viewer.VideoFrames.Link = new LinkSample(100_000 * (i + 1), IsBacklogged: true);
            session.Session.LookAtLink(_channel.Clock.Elapsed);
            _channel.Time.Advance(TimeSpan.FromMilliseconds(100));
        }

        Turn(Report(3, 7));
        Assert.True(viewer.IsHeardLater);
        // Nothing comes through any more. When that ends, its reports say so first.
        _channel.Time.Advance(TimeSpan.FromSeconds(2));
        Turn(Report(5, 5));
        Assert.False(viewer.IsHeardLater);

        viewer.VideoFrames.Link = new LinkSample(3_000_000, IsBacklogged: false);
        _channel.Time.Advance(TimeSpan.FromSeconds(2));
        Turn(Report(7, 5));
        Assert.True(viewer.IsHeardLater);
        viewer.VideoFrames.Room = static _ => 0;
        await session.UntilAsync(() => !viewer.IsHeardLater);

        void Turn(Feedback report)
        {
            _channel.Time.Advance(TimeSpan.FromMilliseconds(100));
            viewer.Say(report);
            session.Turn();
        }
    }

    [Fact]
    public async Task AViewerThatLeavesEndsItsSession()
    {
        _session.Turn();
        _viewer.Leave();

        await _session.UntilAsync(() => _session.HasEnded);

        Assert.True(_viewer.IsDisposed);
    }

    [Fact]
    public async Task AViewerOfWhomNothingIsHeardIsLetGo()
    {
        await _session.UntilAsync(() => _session.HasEnded, stepMs: 100);

        // Looked at once a second.
        Assert.InRange(_channel.Time.Now.TotalSeconds, 15, 16.1);
    }

    [Fact]
    public async Task AViewerThatTakesNothingIsLetGo()
    {
        _viewer.Say(new Select { Selection = 1, Channel = 0, From = StartPoint.Beginning });
        await _session.UntilAsync(() => _viewer.VideoFrames.Units.Any());
        _viewer.VideoFrames.Room = static _ => 0;
        var begun = _channel.Time.Now;

        await _session.UntilAsync(
            () =>
            {
                _viewer.Say(new Feedback { Selection = 1, State = PlayoutState.Playing, PositionSeconds = _channel.Time.Now.TotalSeconds, VideoBufferSeconds = 1, AudioBufferSeconds = 1 });
                return _session.HasEnded;
            },
            stepMs: 100);

        Assert.InRange((_channel.Time.Now - begun).TotalSeconds, 10, 16);
        Assert.True(_viewer.Awaited > 0);
    }

    /// <summary>The sound suffers most from coming late, and has a connection of its own so that it need not wait for the picture.</summary>
    [Fact]
    public async Task SoundGoesOnWithTheFeedbackWhileThePictureIsHeldUp()
    {
        _viewer.Say(new Select { Selection = 1, Channel = 0, From = StartPoint.Beginning });
        await _session.UntilAsync(() => _viewer.VideoFrames.Units.Count() >= 120 && _viewer.AudioFrames.Units.Count() >= 180);
        _viewer.VideoFrames.Room = static _ => 0;
        using var reader = _channel.Channel.AudioTrack.OpenReader(5);
        await Eventually.TrueAsync(() => _channel.Channel.AudioTrack[7] is { IsComplete: true } && _channel.Channel.AudioTrack[4] is { IsComplete: true });
        var begun = _channel.Time.Now;

        for (var step = 1; step <= 30; step++)
        {
            _channel.Time.Advance(TimeSpan.FromMilliseconds(100));
            _viewer.Say(new Feedback { Selection = 1, State = PlayoutState.Playing, PositionSeconds = step * 0.1, VideoBufferSeconds = 1, AudioBufferSeconds = 1 });
            _session.Turn();
            // The buffer of four seconds, but for a batch of half a second.
            var sound = WireOrder.Units(Media.TrackKind.Audio, _viewer.AudioFrames.Frames)[^1].Dts.TotalSeconds;
            Assert.True(sound > (step * 0.1) + 4 - 0.55, $"sound up to {sound} when playout is at {step * 0.1}");
        }

        Assert.InRange((_channel.Time.Now - begun).TotalSeconds, 2.9, 3.1);
    }

    [Fact]
    public async Task AChannelThatCannotBeEncodedIsReportedAndTheSessionLivesOn()
    {
        _channel.Encoders[0].BeforeUnit = (_, _) => throw new Server.Encoding.EncoderException("broken");
        _viewer.Say(new Select { Selection = 1, Channel = 0 });
        for (var step = 0; !_viewer.Heard.Any(m => m is ChannelEndedNotice); step++)
        {
            Assert.True(step < 2000 && !_session.HasEnded, $"not reported; fault: {_channel.Low.Fault}, starts {_channel.Encoders[0].Starts.Count}, ended {_session.HasEnded}");
            _session.Turn();
            await Eventually.SettleAsync();
            await Task.Delay(1);
            _channel.Time.Advance(TimeSpan.FromMilliseconds(20));
        }

        Assert.Contains("broken", _viewer.Heard.OfType<ChannelEndedNotice>().First().Reason, StringComparison.Ordinal);
        Assert.Contains(_channel.Channel.Info.Warnings!, w => w.Contains("broken", StringComparison.Ordinal));
        // The sound could go on; but it has ended for its viewer, who waits for nothing more of it.
        Assert.False(_channel.Low.IsRead || _channel.Channel.AudioTrack.IsRead);
        Assert.Single(_viewer.Heard.OfType<ChannelEndedNotice>());
        _channel.Encoders[0].BeforeUnit = null;
        _viewer.Say(new Ping { Id = 3 });
        await _session.UntilAsync(() => _viewer.Heard.Any(m => m is Pong { Id: 3 }));
        Assert.False(_session.HasEnded);
    }

    [Fact]
    public async Task StoppingFreesTheTracks()
    {
        _viewer.Say(new Select { Selection = 1, Channel = 0, From = StartPoint.Beginning });
        await _session.UntilAsync(() => _viewer.VideoFrames.Units.Count() > 30 && _viewer.AudioFrames.Units.Count() > 30);
        Assert.True(_channel.Low.IsRead && _channel.Channel.AudioTrack.IsRead);

        _viewer.Say(new Stop { Selection = 2 });
        _viewer.Say(new Ping { Id = 1 });
        await _session.UntilAsync(() => _viewer.Heard.Any(m => m is Pong));
        Assert.True(_channel.Low.IsRead);
        _viewer.Say(new Stop { Selection = 1 });

        await _session.UntilAsync(() => !_channel.Low.IsRead && !_channel.High.IsRead && !_channel.Channel.AudioTrack.IsRead);
        var first = _viewer.Heard.OfType<RenditionNotice>().First();
        Assert.Equal((1u, (int?)null, 0.0), (first.Selection, first.From, first.AtSeconds));
        Assert.NotEmpty(first.Reason);
    }

    [Fact]
    public async Task AFloodOfSelectionsStartsNoFloodOfEncoders()
    {
        for (uint selection = 1; selection <= 100; selection++)
        {
            _viewer.Say(new Select { Selection = selection, Channel = 0, From = StartPoint.Position, PositionSeconds = selection * 3 % 10 });
            _session.Turn();
            await (selection == 1 ? Eventually.TrueAsync(() => !_channel.Encoders[0].Starts.IsEmpty) : Eventually.SettleAsync());
        }

        Assert.Contains(_viewer.Heard, m => m is Selected { Selection: 100 });
        Assert.InRange(_channel.Encoders[0].Starts.Count + _channel.Encoders[1].Starts.Count, 1, 3);
        Assert.DoesNotContain(_viewer.VideoFrames.Frames, f => f.Mark?.Selection == 100);

        _channel.Time.Advance(TimeSpan.FromMilliseconds(250));
        await _session.UntilAsync(() => _viewer.VideoFrames.Frames.Any(f => f.Mark?.Selection == 100));
        Assert.InRange(_channel.Encoders[0].Starts.Count + _channel.Encoders[1].Starts.Count, 1, 5);
    }

    private static Feedback Report(double position, double buffer) =>
        new() { Selection = 1, State = PlayoutState.Playing, PositionSeconds = position, VideoBufferSeconds = buffer, AudioBufferSeconds = buffer };
}
