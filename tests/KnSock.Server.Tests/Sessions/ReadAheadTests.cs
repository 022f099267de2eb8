using KnSock.Media;
using KnSock.Protocol;
using KnSock.Protocol.Messages;
using KnSock.Server.Loops;

namespace KnSock.Server.Tests.Sessions;

/// <summary>A viewer that may be sent ahead gets it in batches, when there is room for one.</summary>
public sealed class ReadAheadTests
{
    [Theory]
    [InlineData(4, 0.5)]
    [InlineData(20, 1)]
    [InlineData(0.5, 0.0625)]
    public void NothingIsSentUntilThereIsRoomForABatch(double maxBuffer, double batch)
    {
        using var sender = new DrivenSender(Make.Timeline(Make.Fps(60), 7));
        var viewing = sender.Begin(maxBuffer: maxBuffer);
        Assert.Equal(LoopMember.Never, sender.Send());
        Assert.InRange(LastDts(sender) - maxBuffer, -0.02, 0);
        var writes = sender.Connection.Writes.Count;
        Assert.False(sender.Media.HasRoom(sender.Clock.Now));

        for (var step = 1; step <= 400; step++)
        {
            sender.Time.Advance(TimeSpan.FromSeconds(batch / 4));
            sender.Report(viewing, step * batch / 4);
            var (horizon, before) = (maxBuffer + (step * batch / 4), LastDts(sender));
            var hasRoom = sender.Media.HasRoom(sender.Clock.Now);
            Assert.True(sender.Send() > sender.Clock.Elapsed);
            Assert.Equal(hasRoom, sender.Connection.Writes.Count > writes);
            writes = sender.Connection.Writes.Count;
            // All that there was room for, or up to where a GOP ends; never more than a batch is missing.
            Assert.True(horizon - LastDts(sender) < batch + 0.035, $"{horizon - LastDts(sender)} s are missing");
            Assert.True(!hasRoom || LastDts(sender) - before > batch - 0.035 || IsGopEnd(sender), $"only {LastDts(sender) - before} s were sent");
        }

        WireOrder.Check(sender.Connection.Frames, sender.Timeline);
    }

    /// <summary>A client does not begin without sound: what comes late is sent although the picture has all that it may.</summary>
    [Fact]
    public async Task SoundThatIsEncodedLateIsSentThoughThePictureIsFull()
    {
        await using var channel = new FakeChannel();
        using var metrics = new Server.Diagnostics.ServerMetrics(factory: null);
        using var open = new ManualResetEventSlim();
        channel.Encoders[2].BeforeUnit = (_, _) => open.Wait();
        var connection = new FakeMediaConnection();
        var sender = new Server.Sessions.MediaSender(connection, new Segments(), metrics);
        var viewing = channel.View(maxBuffer: 4);
        sender.Begin(viewing, [new Server.Sessions.TrackFeed(viewing, channel.Channel.AudioTrack, rungs: null), new Server.Sessions.TrackFeed(viewing, channel.Low, rungs: null)]);
        await Eventually.TrueAsync(() =>
        {
            sender.Send(channel.Clock.Elapsed);
            return WireOrder.Units(TrackKind.Video, connection.Frames).Count >= 105;
        });
        Assert.Empty(WireOrder.Units(TrackKind.Audio, connection.Frames));
        open.Set();

        await Eventually.TrueAsync(() =>
        {
            sender.Send(channel.Clock.Elapsed);
            return WireOrder.Units(TrackKind.Audio, connection.Frames).Count > 180;
        });
        sender.Begin(viewing: null, []);
    }

    /// <summary>Playout goes on when no reports come; in a pause it stands. One that had stalled is taken to play again when it has been silent for a while.</summary>
    [Theory]
    [InlineData(PlayoutState.Playing, 8)]
    [InlineData(PlayoutState.Stalled, 6.5)]
    [InlineData(PlayoutState.Paused, 0)]
    public void WithoutReportsIsSentWhatPlayoutNeeds(PlayoutState state, double reckoned)
    {
        using var sender = new DrivenSender(Make.Timeline(Make.Fps(30), 7));
        var viewing = sender.Begin(maxBuffer: 4);
        sender.Run(until: 2);
        viewing.Report(new FeedbackFigures(1, state, PositionSeconds: 2, VideoBufferSeconds: 2, AudioBufferSeconds: 2, TargetSeconds: 0), sender.Clock.Now);
        var runs = 0;
        for (var second = 3; second <= 10; second++)
        {
            // Its session has a look at least once a second.
            sender.Run(until: second, _ => runs++);
        }

        Assert.InRange(LastDts(sender), 6 + reckoned - 0.65, 6 + reckoned);
        Assert.InRange(runs, 8, 40);
        WireOrder.Check(sender.Connection.Frames, sender.Timeline);
    }

    [Fact]
    public void WhatWasHeldUpGoesOnWithoutAnyFeedback()
    {
        using var sender = new DrivenSender(Make.Timeline(Make.Fps(30), 7));
        sender.Begin(maxBuffer: 4);
        var room = 500;
        sender.Connection.Room = length => Math.Min(length, Interlocked.Exchange(ref room, 0));
        Assert.Equal(LoopMember.Never, sender.Send());
        Assert.True(sender.Media.IsBlocked);
        Assert.False(sender.Media.HasRoom(sender.Clock.Now));

        sender.Connection.Room = static length => length;
        sender.Send();

        Assert.False(sender.Media.IsBlocked);
        Assert.InRange(LastDts(sender), 3.9, 4);
    }

    [Fact]
    public void AMarkComesBeforeAFrameThatIsSentATenthOfASecondLater()
    {
        using var sender = new DrivenSender(Make.Timeline(Make.Fps(30), 7));
        sender.Begin(maxBuffer: 20);
        sender.Connection.Room = static length => Math.Min(length, 400);
        Mark? mark = null;
        var known = 0;
        do
        {
            sender.Send();
            foreach (var frame in sender.Connection.Frames.Skip(known))
            {
                mark = frame.Mark ?? mark;
                // A frame that was begun is sent to its end.
                Assert.InRange((sender.Clock.Elapsed - mark!.Value.SendTime.SinceZero).TotalMilliseconds, 0, 130);
            }

            known = sender.Connection.Frames.Count;
            sender.Time.Advance(TimeSpan.FromMilliseconds(30));
        }
        while (sender.Media.IsBlocked);

        WireOrder.Check(sender.Connection.Frames, sender.Timeline);
    }

    private static bool IsGopEnd(DrivenSender sender)
    {
        var last = WireOrder.Of(TrackKind.Video, sender.Connection.Frames)[^1].Header.Sequence;
        return Enumerable.Range(1, sender.Timeline.GopCount).Any(gop => sender.Timeline.FirstFrame(gop) == last + 1);
    }

    private static double LastDts(DrivenSender sender) => WireOrder.Units(TrackKind.Video, sender.Connection.Frames)[^1].Dts.TotalSeconds;
}
