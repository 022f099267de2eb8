using System.Text;
using KnSock.Fanout.Load;
using KnSock.Media;
using KnSock.Protocol;
using KnSock.Protocol.Messages;

namespace KnSock.Fanout.Tests;

public sealed class SimulatedPlayoutTests
{
    private const long Ms = 1000;

    [Fact]
    public void It_starts_when_both_tracks_have_the_target()
    {
        var playout = new SimulatedPlayout(200 * Ms);
        Assert.Null(playout.Position);
        playout.Take(TrackKind.Video, 5000 * Ms, 5300 * Ms, now: 0);
        Assert.Equal((PlayoutState.Buffering, 5000 * Ms, 0), (playout.State, playout.Position, playout.Buffer));
        playout.Take(TrackKind.Audio, 5000 * Ms, 5199 * Ms, now: 10 * Ms);
        Assert.Equal(PlayoutState.Buffering, playout.State);
        playout.Take(TrackKind.Audio, 5199 * Ms, 5220 * Ms, now: 20 * Ms);
        Assert.Equal(PlayoutState.Playing, playout.State);
        playout.Advance(120 * Ms);
        Assert.Equal((5100 * Ms, 200 * Ms, 120 * Ms), (playout.Position, playout.PictureBuffer, playout.SoundBuffer));
    }

    [Fact]
    public void It_stops_when_it_is_dry_and_goes_on_with_the_target()
    {
        var playout = Playing(until: 1000 * Ms);
        playout.Begin(now: 500 * Ms);
        playout.Advance(900 * Ms);
        Assert.Equal(new PlayoutFigures(0, 0, 100 * Ms, 100 * Ms), playout.Figures);
        playout.Advance(1300 * Ms);
        Assert.Equal((PlayoutState.Stalled, 1000 * Ms), (playout.State, playout.Position));
        Assert.Equal(new PlayoutFigures(1, 300 * Ms, 200 * Ms, 0), playout.Figures);

        Feed(playout, 1100 * Ms, now: 1400 * Ms);
        Assert.Equal(PlayoutState.Stalled, playout.State);
        Feed(playout, 1300 * Ms, now: 1500 * Ms);
        Assert.Equal(PlayoutState.Playing, playout.State);
        playout.Advance(1600 * Ms);
        Assert.Equal(new PlayoutFigures(1, 500 * Ms, 200 * Ms, 0), playout.Figures);
        Assert.Equal(1100 * Ms, playout.Position);
    }

    [Fact]
    public void One_that_is_fed_in_time_never_has_less_than_the_target()
    {
        var playout = Playing(until: 1000 * Ms);
        playout.Begin(now: 0);
        for (var t = 0L; t < 20_000 * Ms; t += 10 * Ms)
        {
            Feed(playout, t + (210 * Ms) + (800 * Ms), t);
        }

        Assert.Equal(new PlayoutFigures(0, 0, 0, 1000 * Ms), playout.Figures);
    }

    [Fact]
    public void After_a_discontinuity_it_begins_anew_without_a_stall()
    {
        var playout = Playing(until: 1000 * Ms);
        playout.Restart(now: 500 * Ms);
        Assert.Equal((PlayoutState.Buffering, null), (playout.State, playout.Position));
        playout.Take(TrackKind.Video, 9000 * Ms, 9500 * Ms, now: 600 * Ms);
        playout.Take(TrackKind.Audio, 9000 * Ms, 9500 * Ms, now: 600 * Ms);
        playout.Advance(700 * Ms);
        Assert.Equal((9100 * Ms, 0), (playout.Position, playout.Stalls));
    }

    [Fact]
    public void Feedback_says_how_it_stands_in_a_form_that_a_server_reads()
    {
        var playout = Playing(until: 61_234_567);
        playout.Advance(1_000_005);
        Span<byte> line = stackalloc byte[FeedbackLine.Size];
        var length = FeedbackLine.Write(line, playout, receivedBytes: 123_456_789_012);
        Assert.Equal((byte)'\n', line[length - 1]);
        var feedback = Assert.IsType<Feedback>(MessageJson.ReadControl(line[..(length - 1)]));
        Assert.True(feedback.IsPlausible);
        Assert.Equal(
            new Feedback
            {
                Selection = 1,
                State = PlayoutState.Playing,
                PositionSeconds = 1.000005,
                VideoBufferSeconds = 60.234562,
                AudioBufferSeconds = 60.234562,
                TargetSeconds = 0.2,
                ReceivedBytes = 123_456_789_012,
                DecodeP95Ms = 2.5,
            },
            feedback);

        length = FeedbackLine.Write(line, new SimulatedPlayout(0), receivedBytes: 0);
        Assert.Null(Assert.IsType<Feedback>(MessageJson.ReadControl(line[..(length - 1)])).PositionSeconds);
        length = FeedbackLine.WritePing(line, 77);
        // Filled up, so that it is heard at once.
        Assert.Equal("{\"type\":\"ping\",\"id\":77}", Encoding.ASCII.GetString(line[..length]).TrimEnd());
        Assert.Equal((ProtocolLimits.HeardAtOnce, (byte)'\n'), (length, line[length - 1]));
    }

    private static SimulatedPlayout Playing(long until)
    {
        var playout = new SimulatedPlayout(200 * Ms);
        Feed(playout, until, now: 0);
        Assert.Equal(PlayoutState.Playing, playout.State);
        return playout;
    }

    private static void Feed(SimulatedPlayout playout, long until, long now)
    {
        playout.Take(TrackKind.Video, 0, until, now);
        playout.Take(TrackKind.Audio, 0, until, now);
    }
}
