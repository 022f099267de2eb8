using KnSock.Media;
using KnSock.Protocol.Messages;
using KnSock.Server.Sessions;

namespace KnSock.Server.Tests.Sessions;

/// <summary>A viewer whose first frame is at 100 s, which joins at 0 s of the server's clock and may be sent 8 s ahead.</summary>
public sealed class PlayoutReckoningTests
{
    private const double Start = 100;
    private const double MaxBuffer = 8;

    private readonly PlayoutReckoning _playout = new(At(Start), At(Start), isAtLiveEdge: false, At(0));

    [Fact]
    public void AnHonestViewerIsBelieved()
    {
        Assert.Equal((Start, PlayoutState.Buffering), (_playout.At(At(1)).TotalSeconds, _playout.StateAt(At(1))));
        for (var now = 1.0; now < 3600; now += 0.1)
        {
            Send();
            // Its clock is a little fast, and it stalls for a second in each minute.
            var stalled = Math.Floor(now / 60) + Math.Clamp((now % 60) - 59, 0, 1);
            var position = Start + ((now - 0.5 - stalled) * 1.0002);
            var state = now % 60 > 59 ? PlayoutState.Stalled : PlayoutState.Playing;
            var believed = Say(position, now, out var disbelief, state, buffer: 7);
            Assert.Equal((Disbelief.None, state, 7.0), (disbelief, believed.State, believed.VideoBufferSeconds));
            Assert.Equal(position, _playout.At(At(now)).TotalSeconds, 5);
            Assert.Equal(state == PlayoutState.Playing ? 0.05 : 0, (_playout.At(At(now + 0.05)) - At(position)).TotalSeconds, 4);
        }
    }

    [Fact]
    public void NobodyIsBelievedAheadOfWhatTimeAllows()
    {
        for (var now = 0.5; now < 60; now += 0.1)
        {
            Send();
            Say(now % 2 < 1 ? 1e9 : Start + (now * 3), now, out var disbelief);
            Assert.True(disbelief == Disbelief.Ahead || now < 1);
            Assert.InRange(_playout.At(At(now)).TotalSeconds, Start, Start + now + 0.32);
        }
    }

    [Fact]
    public void NobodyIsBelievedAheadOfWhatWasSent()
    {
        _playout.OnSent(At(Start + 2));
        Say(Start + 1, 1, out _);
        Say(Start + 4, 4, out var disbelief);
        Assert.Equal(Disbelief.Ahead, disbelief);
        Assert.Equal(Start + 2.25, _playout.At(At(4)).TotalSeconds, 5);
    }

    /// <summary>The position that is claimed jumps to and fro by 6 s: it is true where it never goes back.</summary>
    [Fact]
    public void WhoJumpsBackAndForthIsTakenToPlayOn()
    {
        for (var i = 0; i < 600; i++)
        {
            var now = 5 + (i * 0.1);
            Send();
            Say(Start + now - (i % 2 == 0 ? 0 : 6), now, out var disbelief);
            Assert.Equal(i % 2 == 0 ? Disbelief.None : Disbelief.Back, disbelief);
            Assert.Equal(Start + now, _playout.At(At(now)).TotalSeconds, 3);
        }
    }

    [Fact]
    public void WhoStandsStillAndSaysThatItPlaysIsTakenToPlayOn()
    {
        var disbelieved = 0;
        for (var now = 0.5; now < 60; now += 0.1)
        {
            Send();
            var believed = Say(Start, now, out var disbelief);
            disbelieved += disbelief == Disbelief.None ? 0 : 1;
            Assert.Equal(PlayoutState.Playing, believed.State);
            Assert.True(now < 3 || Math.Abs(_playout.At(At(now)).TotalSeconds - (Start + now - 0.5)) < 0.2, $"at {now} s: {_playout.At(At(now))}");
        }

        Assert.InRange(disbelieved, 540, 590);
    }

    [Fact]
    public void WhoStandsStillBecauseThereIsNothingToPlayDoesSo()
    {
        _playout.OnSent(At(Start + 3));
        for (var now = 3.0; now < 20; now += 0.1)
        {
            Say(Start + 3, now, out var disbelief);
            Assert.Equal(Disbelief.None, disbelief);
        }

        Assert.InRange(_playout.At(At(20)).TotalSeconds, Start + 3, Start + 3.25);
    }

    [Fact]
    public void WhatIsSaidSteadilyIsBelievedInTheEnd()
    {
        Send();
        Say(Start + 5, 5, out _);
        for (var now = 5.1; now < 8; now += 0.1)
        {
            Send();
            Say(Start + now - 4, now, out var disbelief);
            Assert.Equal(now < 7.05 ? Disbelief.Back : Disbelief.None, disbelief);
        }

        Assert.Equal(Start + 4, _playout.At(At(8)).TotalSeconds, 0.11);
    }

    /// <summary>What only grows tells which of two reports is the older one.</summary>
    [Fact]
    public void ReportsOutOfOrderAreKnownByTheirCounters()
    {
        Send();
        Say(Start + 4, 5, out _, late: 7);
        var before = _playout.At(At(5));
        Say(Start + 3.9, 5, out var disbelief, PlayoutState.Stalled, late: 6);
        Assert.Equal((Disbelief.Older, before, PlayoutState.Playing), (disbelief, _playout.At(At(5)), _playout.StateAt(At(5))));
    }

    [Fact]
    public void WhoFallsSilentIsTakenToPlayOnAsFarAsItWasSentSomething()
    {
        Send();
        Say(Start + 4, 5, out _);
        Assert.Equal(Start + 6, _playout.At(At(7)).TotalSeconds, 5);
        Assert.Equal(Start + 8.25, _playout.At(At(30)).TotalSeconds, 5);
        Assert.True(_playout.IsSilent(At(30)));
        // The link carries something again, and it plays from there on, not from where it would be.
        _playout.OnSent(At(Start + 20));
        Assert.Equal(Start + 11.25, _playout.At(At(33)).TotalSeconds, 5);
    }

    [Theory]
    [InlineData(PlayoutState.Paused, 0)]
    [InlineData(PlayoutState.Stalled, 1.5)]
    [InlineData(PlayoutState.Playing, 3)]
    public void WhoHadPausedIsNotTakenToPlay(PlayoutState state, double further)
    {
        Send();
        Say(Start + 4, 5, out _, state);
        _playout.At(At(6.5));
        Assert.Equal(Start + 4 + further, _playout.At(At(8)).TotalSeconds, 5);
        Assert.Equal(state == PlayoutState.Playing ? TimeSpan.FromSeconds(9) : TimeSpan.MaxValue, _playout.WhenAt(At(Start + 8)));
    }

    [Theory]
    [InlineData(8, 8.0, false)]
    [InlineData(3600, 8.25, true)]
    [InlineData(0, 0.0, false)]
    public void ABufferIsNoLargerThanWhatWasSentAndNotPlayed(double claimed, double believed, bool isLie)
    {
        _playout.OnSent(At(Start + 9));
        var figures = Say(Start + 1, 1, out var disbelief, buffer: claimed);
        Assert.Equal((believed, isLie ? Disbelief.Buffer : Disbelief.None), (figures.VideoBufferSeconds, disbelief));
        Assert.Equal(believed, figures.AudioBufferSeconds);
    }

    /// <summary>At the live edge: what comes 2 s late speaks of 2 s ago.</summary>
    [Fact]
    public void ReportsThatComeLateAreTakenForOlderThanTheyAre()
    {
        var playout = new PlayoutReckoning(At(Start), At(Start), isAtLiveEdge: true, At(0));
        for (var now = 3.0; now < 10; now += 0.1)
        {
            playout.OnSent(At(Start + now));
            playout.Believe(new FeedbackFigures(1, PlayoutState.Playing, Start + now - 2.5, 0.5, 0.5, 0.5), TimeSpan.Zero, At(now), out var disbelief);
            Assert.Equal(Disbelief.None, disbelief);
        }

        Assert.Equal(Start + 10 - 0.5, playout.At(At(10)).TotalSeconds, 0.11);
    }

    private void Send() => _playout.OnSent(At(_playout.At(At(0)).TotalSeconds + MaxBuffer));

    private FeedbackFigures Say(double position, double now, out Disbelief disbelief, PlayoutState state = PlayoutState.Playing, double buffer = 1, int late = 0) =>
        _playout.Believe(new FeedbackFigures(1, state, position, buffer, buffer, TargetSeconds: 0.2) { Late = late }, TimeSpan.Zero, At(now), out disbelief);

    private static Timestamp At(double seconds) => Timestamp.FromSeconds(seconds);
}
