using KnSock.Client.Playout;
using KnSock.Client.Tests.Server;
using KnSock.Media;
using KnSock.Protocol;
using KnSock.Testing;

namespace KnSock.Client.Tests.Playout;

/// <summary>Where playout starts at the live edge, and what is learned there, unit by unit: GOPs of 400 ms, pictures of 40 ms, sound of 20 ms.</summary>
public sealed class EdgeStartTests
{
    private readonly ManualTimeProvider _time = new();
    private readonly Playback _playback;
    private int _pictures;
    private int _sounds;
    private bool _passesOver;

    public EdgeStartTests()
    {
        var channel = new SyntheticChannel(0, "one").Info;
        _playback = new Playback(new LiveStreamClientOptions { MaxBuffer = TimeSpan.Zero, TimeProvider = _time }, [channel], channel, _time.GetElapsedTime(0));
        _playback.TakeUnsentSelect();
    }

    [Fact]
    public void Nothing_is_given_out_before_it_is_known_where_playout_starts()
    {
        Mark(liveEdge: 900);
        Send(upTo: 600);
        Assert.False(_playback.TryTake(TrackKind.Video, out _));
        Assert.False(_playback.WaitAsync(TrackKind.Video, CancellationToken.None).AsTask().IsCompleted);
        Assert.Null(_playback.Position);
        Send(upTo: 900);

        Assert.Equal(Units.Ms(720), _playback.Position);
        Assert.True(_playback.TryTake(TrackKind.Video, out var picture));
        Assert.Equal((Units.Ms(0), (Timestamp?)Units.Ms(720)), (picture.Unit.Pts, picture.StartAt));
        // A sink that decodes what lies before may find it late; nobody was to see it.
        _playback.ReportPicture(PictureOutcome.Late, picture.Unit.Pts);
        Assert.Equal(0, _playback.Statistics.FramesDropped);
        _playback.ReportPicture(PictureOutcome.Late, Units.Ms(760));
        Assert.Equal(1, _playback.Statistics.FramesDropped);
    }

    [Fact]
    public void A_link_that_brings_it_slowly_is_waited_for_half_a_second()
    {
        Mark(liveEdge: 900);
        for (var t = 0; t < 490; t += 10)
        {
            Send(upTo: 100 + t);
            Advance(10);
            Assert.Null(_playback.Position);
        }

        Advance(20);
        Assert.Equal((_pictures * 40) - 200, _playback.Position!.Value.TotalSeconds * 1000, 20.0);
    }

    [Fact]
    public void What_goes_by_while_the_sink_gets_ready_is_left_out_too()
    {
        _playback.ReportReady(0);
        Mark(liveEdge: 300);
        Send(upTo: 300);
        for (var t = 300; t < 600; t += 20)
        {
            Assert.Null(_playback.Position);
            Advance(20);
            Send(upTo: t + 20);
        }

        _playback.ReportReady(1);
        Assert.Equal(Units.Ms(620 - 200), _playback.Position);
    }

    [Fact]
    public void A_channel_that_ends_while_playout_waits_is_played_from_its_first_picture()
    {
        Mark(liveEdge: 900);
        Send(upTo: 100);
        _playback.OnControl(new Protocol.Messages.ChannelEndedNotice { Selection = 1, Reason = "over" });
        Assert.Equal(Units.Ms(0), _playback.Position);
        Assert.True(_playback.TryTake(TrackKind.Video, out _));
    }

    [Fact]
    public void The_target_follows_lateness_but_not_what_came_late_on_purpose()
    {
        Mark(liveEdge: 300);
        var (began, edge) = (_time.Now.TotalMilliseconds, 300);
        Run(3000);
        Advance(1350);
        // It passes over to the keyframe of the newest GOP that has begun.
        var now = (int)(_time.Now.TotalMilliseconds - began + edge);
        (_pictures, _sounds, _passesOver) = (now / 400 * 10, now / 400 * 20, true);
        Assert.True(now - (_pictures * 40) > 200);
        Mark(now);
        Run(8000);
        Assert.Equal(200, _playback.Statistics.TargetDelayMs);
        Assert.Equal(1, _playback.Statistics.Stalls);

        // Now and then it is 260 ms late.
        for (var i = 0; i < 5; i++)
        {
            Advance(260);
            Run(700);
        }

        Assert.InRange(_playback.Statistics.TargetDelayMs, 280, 360);

        void Run(double milliseconds)
        {
            for (var end = _time.Now.TotalMilliseconds + milliseconds; _time.Now.TotalMilliseconds < end;)
            {
                Send(upTo: (int)(_time.Now.TotalMilliseconds - began + edge));
                Advance(20);
            }
        }
    }

    private void Mark(int liveEdge) =>
        _playback.OnMark(new Mark { Selection = 1, TurnStart = default, SendTime = default, LiveEdge = Units.Ms(liveEdge) });

    /// <summary>All pictures and sound that are due up to a time come.</summary>
    private void Send(int upTo)
    {
        for (var passesOver = _passesOver; _sounds * 20 <= upTo; _sounds++, passesOver = false)
        {
            Accept(TrackKind.Audio, Units.Sound(_sounds), passesOver);
        }

        for (var passesOver = _passesOver; _pictures * 40 <= upTo; _pictures++, passesOver = false)
        {
            Accept(TrackKind.Video, Units.Picture(_pictures), passesOver);
        }

        _passesOver = false;
    }

    private void Accept(TrackKind track, in ArrivedUnit unit, bool isAfterGap)
    {
        var accepting = _playback.AcceptAsync(track, unit with { Discontinuity = unit.Unit.Sequence == 0 || isAfterGap }, isShared: true, CancellationToken.None).AsTask();
        Assert.True(accepting.IsCompletedSuccessfully);
    }

    private void Advance(double milliseconds)
    {
        _time.Advance(TimeSpan.FromMilliseconds(milliseconds));
        _ = _playback.Position;
    }
}
