using KnSock.Media;
using KnSock.Protocol.Messages;
using KnSock.Server.Sessions;

namespace KnSock.Server.Tests.Sessions;

/// <summary>How buffers are filled where the server's uplink has a limit.</summary>
public sealed class FillPaceTests
{
    private static readonly double[] Rates = [500_000];

    /// <summary>A batch of a viewer with 8 s of buffer, and half a second.</summary>
    private const double Burst = 1.5;

    [Fact]
    public async Task ABufferIsFilledAsFastAsTheUplinkAllowsAndNoFaster()
    {
        await using var channel = new FakeChannel();
        // 0.93 of it without headers of packets, between two who fill theirs.
        var uplink = new Uplink(1_500_000);
        var (viewing, demand) = (channel.View(maxBuffer: 8), uplink.Begin(Rates, [0]));
        uplink.Begin(Rates, [0]).IsFilling = true;
        viewing.FillBy(uplink, demand);
        Assert.Equal(Burst, Horizon(viewing, 0));
        uplink.Turn();
        Assert.Equal(1.347, uplink.Speed, 0.001);

        for (var tenth = 0; tenth <= 400; tenth++)
        {
            var now = tenth / 10.0;
            viewing.Report(new FeedbackFigures(1, PlayoutState.Playing, now, 5, 5, 0), Timestamp.FromSeconds(now));
            var horizon = Horizon(viewing, now);
            Assert.InRange(horizon, now, Math.Min(Burst + (now * 1.348), now + 8) + 0.01);
            if (tenth % 5 == 0)
            {
                viewing.OnSent(Timestamp.FromSeconds(horizon));
            }

            // It is full when 6.5 s more than are played have come.
            Assert.True(tenth < 20 || horizon > Math.Min(now * 1.34, now + 7.9), $"{horizon} at {now}");
            Assert.Equal(horizon < now + 7.99, demand.IsFilling);
        }
    }

    [Fact]
    public async Task WhatOthersDoNotFillIsForThoseWhoDo()
    {
        await using var channel = new FakeChannel();
        var uplink = new Uplink(1_500_000);
        var (viewing, demand) = (channel.View(maxBuffer: 8), uplink.Begin(Rates, [0]));
        _ = uplink.Begin(Rates, [0]);
        viewing.FillBy(uplink, demand);

        Horizon(viewing, 0.1);
        uplink.Turn();

        // 1.347 Mbit/s but for the other's 0.5, to one of 0.5.
        Assert.Equal(1.693, uplink.Speed, 0.001);
        demand.IsOver = true;
        uplink.Turn();
        Assert.Equal(2.693, uplink.Speed, 0.001);
    }

    [Fact]
    public async Task ItSaysWhenThereIsRoomAndSoundGoesOnWithoutAPicture()
    {
        await using var channel = new FakeChannel();
        var uplink = new Uplink(1_500_000);
        var (viewing, demand) = (channel.View(maxBuffer: 8), uplink.Begin(Rates, [0]));
        viewing.FillBy(uplink, demand);
        uplink.Turn();
        viewing.Report(new FeedbackFigures(1, PlayoutState.Playing, 0, 1, 1, 0), Timestamp.Zero);
        viewing.OnSent(Timestamp.FromSeconds(Burst));
        Assert.Equal(Burst, Horizon(viewing, 0));
        Assert.Equal(0.5, viewing.WhenHorizonAt(Timestamp.FromSeconds(Burst + (0.5 * 2.693))).TotalSeconds, 0.001);
        // Playout decides as soon as the buffer is full.
        Assert.Equal(20, viewing.WhenHorizonAt(Timestamp.FromSeconds(28)).TotalSeconds, 0.001);

        for (var now = 0.0; now < 30; now += 0.1)
        {
            viewing.OnSent(Timestamp.FromSeconds(Math.Min(now + 2, 4)));
            viewing.Report(new FeedbackFigures(1, PlayoutState.Playing, Math.Min(now, 3), 1, 1, 0), Timestamp.FromSeconds(now));
        }

        Assert.True(Horizon(viewing, 30) >= 3 + Burst);
    }

    private static double Horizon(Viewing viewing, double now) => viewing.Horizon(Timestamp.FromSeconds(now)).TotalSeconds;
}
