using KnSock.Protocol.Messages;
using KnSock.Server.Adaptation;

namespace KnSock.Server.Tests.Adaptation;

public sealed class DecoderLimitTests
{
    private readonly DecoderLimit _limit = new(new DecoderLimitOptions());
    private double _now;
    private int _presented;
    private int _late;

    [Fact]
    public void ARungThatIsDecodedInTimeIsNotLimited()
    {
        Play(60, rung: 4, decodeMs: 20);
        Assert.Null(_limit.Highest);
    }

    [Fact]
    public void ARungThatKeepsTheDecoderBusyIsNotSentForAWhile()
    {
        Play(1.9, rung: 3, decodeMs: 31);
        Assert.Null(_limit.Highest);
        Play(0.2, rung: 3, decodeMs: 31);
        Assert.Equal((2, "decoding takes 31 ms of 33"), (_limit.Highest, _limit.Reason));

        // What was sent ahead is still played, and says nothing new.
        Play(8, rung: 3, decodeMs: 31);
        Assert.Equal(2, _limit.Highest);
        Play(21.5, rung: 2, decodeMs: 10);
        Assert.Equal(2, _limit.Highest);
        Play(1, rung: 2, decodeMs: 10);
        Assert.Equal(3, _limit.Highest);
        Play(30, rung: 3, decodeMs: 10);
        Assert.Null(_limit.Highest);
    }

    [Fact]
    public void AMomentOfSlownessIsForgiven()
    {
        for (var i = 0; i < 20; i++)
        {
            Play(1.5, rung: 3, decodeMs: 31);
            Play(0.5, rung: 3, decodeMs: 5);
        }

        Assert.Null(_limit.Highest);
    }

    [Fact]
    public void PicturesThatComeOutTooLateAreASignOfIt()
    {
        Play(5, rung: 3, decodeMs: 0, shown: 0.92);
        Assert.Null(_limit.Highest);
        Play(4, rung: 3, decodeMs: 0, shown: 0.7);
        Assert.Equal(2, _limit.Highest);
        Assert.Equal("only 70 of 100 pictures are decoded in time", _limit.Reason);
    }

    /// <summary>Each trial that fails doubles the wait, up to five minutes; one that does well for long ends that.</summary>
    [Fact]
    public void WhatFailsAgainIsTriedMoreAndMoreRarely()
    {
        List<double> waits = [];
        for (var i = 0; i < 6; i++)
        {
            Play(2.2, rung: 4, decodeMs: 40);
            Assert.Equal(3, _limit.Highest);
            var from = _now;
            while (_limit.Highest is not null)
            {
                Play(1, rung: 3, decodeMs: 10);
            }

            waits.Add(_now - from);
        }

        Assert.Equal([30, 60, 120, 240, 300, 300], waits, (expected, actual) => Math.Abs(expected - actual) < 2);
        Play(11, rung: 4, decodeMs: 10);
        Play(2.2, rung: 4, decodeMs: 40);
        Play(28, rung: 3, decodeMs: 10);
        Assert.Equal(3, _limit.Highest);
        Play(3, rung: 3, decodeMs: 10);
        Assert.Null(_limit.Highest);
    }

    [Fact]
    public void ItGoesDownStepByStepAsFarAsItTakes()
    {
        for (var rung = 4; rung > 0; rung--)
        {
            Play(2.2, rung, decodeMs: 40);
            Assert.Equal(rung - 1, _limit.Highest);
        }

        // There is nothing below.
        Play(10, rung: 0, decodeMs: 40);
        Assert.Equal(0, _limit.Highest);
    }

    [Fact]
    public void WhoDoesNotSayIsNotLimited()
    {
        for (var i = 0; i < 100; i++)
        {
            _limit.Update(new DecoderReport(PlayoutState.Playing, 3, 4, TimeSpan.FromSeconds(1 / 30.0), 100, Presented: null, i * 30), TimeSpan.FromSeconds(i / 10.0));
        }

        Assert.Null(_limit.Highest);
    }

    [Fact]
    public void WhoStandsStillDecodesNothing()
    {
        for (var i = 0; i < 100; i++)
        {
            var state = i % 15 == 14 ? PlayoutState.Stalled : PlayoutState.Playing;
            _limit.Update(new DecoderReport(state, 3, 4, TimeSpan.FromSeconds(1 / 30.0), 100, i, 0), TimeSpan.FromSeconds(i / 10.0));
        }

        Assert.Null(_limit.Highest);
    }

    private void Play(double seconds, int rung, double decodeMs, double shown = 1)
    {
        var due = 0.0;
        for (var end = _now + seconds; _now < end - 1e-6;)
        {
            _now += 0.1;
            due += 3 * (1 - shown);
            var late = (int)Math.Round(due);
            due -= late;
            (_presented, _late) = (_presented + 3 - late, _late + late);
            _limit.Update(new DecoderReport(PlayoutState.Playing, rung, 4, TimeSpan.FromSeconds(1 / 30.0), decodeMs, _presented, _late), TimeSpan.FromSeconds(_now));
        }
    }
}
