using KnSock.Media;
using KnSock.Protocol;
using KnSock.Protocol.Messages;
using KnSock.Server.Loops;

namespace KnSock.Server.Tests.Sessions;

/// <summary>A viewer at the live edge gets each unit when its time has come.</summary>
public sealed class LiveEdgeTests
{
    [Theory]
    [InlineData(30, 1, 3.3)]
    [InlineData(30_000, 1001, 2.7)]
    [InlineData(60, 1, 0.35)]
    [InlineData(24_000, 1001, 4.97)]
    public void EachUnitGoesOutWhenItsTimeComesAndOnceAPicture(int numerator, int denominator, double seconds)
    {
        var rate = new FrameRate(numerator, denominator);
        using var sender = new DrivenSender(Make.Timeline(rate, seconds));
        sender.Time.Advance(TimeSpan.FromSeconds(11.234));
        sender.Begin(from: StartPoint.Live, maxBuffer: 0);
        var known = new Dictionary<TrackKind, int>();
        var lateness = new List<(TrackKind Kind, double Ms)>();
        var started = false;
        var writes = 0;

        sender.Run(until: 20, now =>
        {
            var frames = sender.Connection.Frames;
            foreach (var kind in (TrackKind[])[TrackKind.Audio, TrackKind.Video])
            {
                var units = WireOrder.Units(kind, frames);
                foreach (var (_, dts, _) in units.Skip(known.GetValueOrDefault(kind)))
                {
                    var late = (now - dts.SinceZero).TotalMilliseconds;
                    Assert.True(late >= -0.001, $"{kind} {dts} was sent {-late} ms early");
                    if (started)
                    {
                        lateness.Add((kind, late));
                    }
                }

                known[kind] = units.Count;
            }

            writes = started ? writes : sender.Connection.Writes.Count;
            started = true;
        });

        WireOrder.Check(sender.Connection.Frames, sender.Timeline);
        Assert.InRange(lateness.Where(l => l.Kind == TrackKind.Video).Max(l => l.Ms), 0, 1.1);
        Assert.InRange(lateness.Where(l => l.Kind == TrackKind.Audio).Max(l => l.Ms), 0, 46.1);
        var pictures = lateness.Count(l => l.Kind == TrackKind.Video);
        Assert.InRange(pictures / rate.PerSecond, 8.7, 8.8);
        // Sound goes out with the pictures; once more where a GOP ends between two units that are due together.
        var gops = sender.Connection.Frames.Count(f => f.Header.Kind == FrameKind.AccessUnit && f.Header.Flags == FrameFlags.Keyframe);
        Assert.InRange(sender.Connection.Writes.Count - writes, pictures, pictures + gops);
    }

    [Fact]
    public void WhatLiesBehindTheLiveEdgeComesAtOnce()
    {
        using var sender = new DrivenSender(Make.Timeline(Make.Fps(30), 3));
        sender.Time.Advance(TimeSpan.FromSeconds(4.5));
        sender.Begin(from: StartPoint.Live, maxBuffer: 0);

        sender.Send();

        var picture = WireOrder.Units(TrackKind.Video, sender.Connection.Frames);
        Assert.Equal(4.0 - (2 / 30.0), picture[0].Dts.TotalSeconds, 5);
        Assert.True(picture[0].Frame.Header.Flags.HasFlag(FrameFlags.Keyframe));
        Assert.InRange(picture[^1].Dts.TotalSeconds, 4.46, 4.5);
        Assert.InRange(WireOrder.Units(TrackKind.Audio, sender.Connection.Frames)[^1].Dts.TotalSeconds, 4.47, 4.5);
    }

    [Theory]
    [InlineData(9.7, true)]
    [InlineData(1.7, true)]
    [InlineData(0.9, false)]
    public void WhoFallsBehindGoesOnAtTheNewestKeyframe(double seconds, bool isSkipped)
    {
        using var sender = new DrivenSender(Make.Timeline(Make.Fps(30), 7));
        sender.Begin(from: StartPoint.Live, maxBuffer: 0);
        sender.Run(until: 2.5);
        // A part of a frame gets through.
        var room = 20;
        sender.Connection.Room = length => Math.Min(length, Interlocked.Exchange(ref room, 0));
        sender.Run(until: 2.5 + seconds);
        Assert.True(sender.Media.IsBlocked && !sender.Connection.IsAtFrameBoundary);
        Assert.Equal(TimeSpan.FromSeconds(2.5).TotalSeconds, sender.Connection.WaitingSince!.Value.TotalSeconds, 1);
        var before = sender.Connection.Frames.Count;

        sender.Connection.Room = static length => length;
        sender.SendAll();

        WireOrder.Check(sender.Connection.Frames, sender.Timeline);
        foreach (var kind in (TrackKind[])[TrackKind.Audio, TrackKind.Video])
        {
            var after = WireOrder.Of(kind, sender.Connection.Frames.Skip(before)).ToList();
            Assert.Equal(isSkipped ? 1 : 0, after.Count(f => f.Header.Flags.HasFlag(FrameFlags.Discontinuity)));
            Assert.All(after.Where(f => f.Mark is not null), f => Assert.Equal(1u, f.Mark!.Value.Selection));
            var units = WireOrder.Units(kind, sender.Connection.Frames);
            Assert.InRange(2.5 + seconds - units[^1].Dts.TotalSeconds, 0, 0.04);
            if (isSkipped)
            {
                // The half frame, and then nothing that is older than the GOP at the live edge.
                var newest = Math.Floor(2.5 + seconds);
                var old = units.Where(u => u.Dts.TotalSeconds > 2.5 && u.Dts.TotalSeconds < newest - 0.07).ToList();
                Assert.InRange(old.Count, 0, 1);
            }
        }

        // Sound first, here too.
        var skips = sender.Connection.Frames.Skip(before).Where(f => f.Header.Flags.HasFlag(FrameFlags.Discontinuity)).ToList();
        Assert.True(skips is [] or [{ Header.Flags: FrameFlags.Audio | FrameFlags.Discontinuity }, { Header.Flags: FrameFlags.Discontinuity }]);

        sender.Run(until: 20);
        WireOrder.Check(sender.Connection.Frames, sender.Timeline);
        Assert.InRange(WireOrder.Units(TrackKind.Video, sender.Connection.Frames)[^1].Dts.TotalSeconds, 19.9, 20);
    }

    /// <summary>What is unsent is of no use when it is older than the delay that the viewer keeps to: a short one is taken on to the newest keyframe sooner, a long one later.</summary>
    [Theory]
    [InlineData(0.2, 0.7, true)]
    [InlineData(0.5, 0.55, false)]
    [InlineData(0.5, 0.7, true)]
    [InlineData(2, 1.7, false)]
    [InlineData(2, 2.3, true)]
    [InlineData(0.001, 0.28, false)]
    [InlineData(3600, 3.9, false)]
    [InlineData(3600, 4.3, true)]
    [InlineData(0, 0.9, false)]
    [InlineData(0, 1.2, true)]
    public void HowFarBehindDependsOnTheDelay(double target, double held, bool isSkipped)
    {
        using var sender = new DrivenSender(Make.Timeline(Make.Fps(30), 7));
        var viewing = sender.Begin(from: StartPoint.Live, maxBuffer: 0);
        // Behind it a GOP begins.
        var from = 4.01 - (held % 1);
        sender.Run(until: from);
        viewing.Report(new FeedbackFigures(1, PlayoutState.Playing, from - 0.5, 0.5, 0.5, target), sender.Clock.Now);
        sender.Connection.Room = static _ => 0;
        sender.Run(until: from + held);
        sender.Connection.Room = static length => length;
        var before = sender.Connection.Frames.Count;
        sender.SendAll();

        Assert.Equal(isSkipped, sender.Connection.Frames.Skip(before).Any(f => f.Header.Flags.HasFlag(FrameFlags.Discontinuity)));
        WireOrder.Check(sender.Connection.Frames, sender.Timeline);
    }

    [Theory]
    [InlineData(TrackKind.Audio)]
    [InlineData(TrackKind.Video)]
    public void ConnectionsForEachTrackKeepTimeByThemselves(TrackKind kind)
    {
        using var sender = new DrivenSender(Make.Timeline(Make.Fps(25), 2.2));
        sender.Begin(from: StartPoint.Live, maxBuffer: 0, only: kind);
        var known = 0;
        sender.Run(until: 6, now =>
        {
            foreach (var unit in WireOrder.Units(kind, sender.Connection.Frames).Skip(known))
            {
                Assert.InRange((now - unit.Dts.SinceZero).TotalMilliseconds, -0.001, known == 0 ? 100 : 1.1);
            }

            known = WireOrder.Units(kind, sender.Connection.Frames).Count;
        });
        WireOrder.Check(sender.Connection.Frames, sender.Timeline);
        Assert.InRange(WireOrder.Units(kind, sender.Connection.Frames)[^1].Dts.TotalSeconds, 5.9, 6);
        Assert.Equal(LoopMember.Never, EndOf(sender));
    }

    [Fact]
    public void AMarkIsNeverOlderThanATenthOfASecond()
    {
        using var sender = new DrivenSender(Make.Timeline(Make.Fps(30), 5));
        sender.Begin(from: StartPoint.Live, maxBuffer: 0);
        var known = 0;
        Mark? mark = null;
        sender.Run(until: 10, now =>
        {
            foreach (var frame in sender.Connection.Frames.Skip(known))
            {
                mark = frame.Mark ?? mark;
                Assert.InRange((now - mark!.Value.SendTime.SinceZero).TotalMilliseconds, 0, 100.002);
                Assert.Equal(mark.Value.SendTime, mark.Value.LiveEdge);
            }

            known = sender.Connection.Frames.Count;
        });

        // And no more of them than that takes: ten a second, and those at GOPs for each track.
        Assert.InRange(sender.Connection.Frames.Count(f => f.Mark is not null), 90, 125);
    }

    private static TimeSpan EndOf(DrivenSender sender)
    {
        sender.Media.Begin(viewing: null, []);
        return sender.Send();
    }
}
