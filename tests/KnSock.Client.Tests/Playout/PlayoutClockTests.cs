using KnSock.Client.Playout;
using KnSock.Media;
using KnSock.Protocol.Messages;
using static KnSock.Client.Tests.Playout.Units;

namespace KnSock.Client.Tests.Playout;

public sealed class PlayoutClockTests
{
    private readonly PlayoutClock _clock = new();

    [Fact]
    public void It_starts_when_both_tracks_have_their_target_and_the_sink_is_ready()
    {
        Update(0, video: 200, audio: 199);
        Assert.Equal(PlayoutState.Buffering, _clock.State);
        Update(1, video: 200, audio: 200, ready: false);
        Assert.Null(_clock.PositionAt(T(1)));
        Update(2, video: 200, audio: 200);
        Assert.Equal(PlayoutState.Playing, _clock.State);
        Assert.Equal(Ms(1000), _clock.PositionAt(T(2)));
        Assert.Equal(Ms(1010), _clock.PositionAt(T(12)));
    }

    [Fact]
    public void It_starts_before_a_gap_that_will_not_fill()
    {
        _clock.Update(Level(80), Level(80), ready: true, T(0));
        Assert.Equal(PlayoutState.Buffering, _clock.State);

        // The server has passed over to something newer before playout began.
        _clock.Update(Level(80) with { BehindGap = T(120) }, Level(80) with { BehindGap = T(120) }, ready: true, T(1));

        Assert.Equal(PlayoutState.Playing, _clock.State);
    }

    [Fact]
    public void It_does_not_wait_for_a_track_that_has_ended()
    {
        _clock.Update(Level(300), Level(0) with { Ended = true }, ready: true, T(0));
        Assert.Equal(PlayoutState.Playing, _clock.State);
    }

    [Fact]
    public void It_stalls_when_a_track_is_dry_and_resumes_at_half_the_target()
    {
        Start();
        Update(500, video: 0, audio: 300);
        Assert.Equal(PlayoutState.Stalled, _clock.State);
        Assert.Null(_clock.PositionAt(T(500)));
        Assert.Equal(Ms(1500), _clock.StandsAt(T(900)));
        Update(700, video: 99, audio: 300);
        Assert.Equal(PlayoutState.Stalled, _clock.State);
        Update(800, video: 100, audio: 300);
        Assert.Equal(Ms(1500), _clock.PositionAt(T(800)));
        Assert.Equal(1, _clock.Stalls);
        Assert.Equal(T(300), _clock.StallTimeAt(T(2000)));
    }

    [Fact]
    public void A_gap_in_both_tracks_is_jumped_over_when_enough_lies_behind()
    {
        Start();
        var picture = Level(150) with { GoesOnAt = Ms(4000) };
        var sound = Level(300) with { GoesOnAt = Ms(4010) };
        Assert.False(_clock.Update(picture, sound, ready: true, T(500)));
        Assert.Equal(Ms(1500), _clock.PositionAt(T(500)));
        Assert.True(_clock.Update(picture with { BehindGap = T(50) }, sound, ready: true, T(510)));
        Assert.Equal(Ms(4000), _clock.PositionAt(T(510)));
        Assert.Equal(Ms(4010), _clock.PositionAt(T(520)));
        Assert.Equal(0, _clock.Stalls);
    }

    [Fact]
    public void A_gap_in_one_track_or_a_short_one_passes_in_time()
    {
        Start();
        Assert.False(_clock.Update(Level(300) with { GoesOnAt = Ms(4000) }, Level(300), ready: true, T(500)));
        Assert.False(_clock.Update(Level(300), Level(300) with { GoesOnAt = Ms(4000) }, ready: true, T(500)));
        Assert.False(_clock.Update(Level(300) with { GoesOnAt = Ms(4000) }, Level(300) with { GoesOnAt = Ms(1740) }, ready: true, T(500)));
        Assert.Equal(Ms(1510), _clock.PositionAt(T(510)));
    }

    [Fact]
    public void After_a_stall_it_resumes_behind_the_gap_though_little_lies_before_it()
    {
        Start();
        Update(500, video: 0, audio: 20);
        Assert.Equal(PlayoutState.Stalled, _clock.State);
        _clock.Update(Level(300) with { GoesOnAt = Ms(4000) }, Level(20), ready: true, T(600));
        Assert.Equal(PlayoutState.Stalled, _clock.State);
        // The sound that is left before the gap will not grow.
        Assert.False(_clock.Update(Level(300) with { GoesOnAt = Ms(4000) }, Level(20) with { BehindGap = T(100) }, ready: true, T(700)));
        Assert.Equal(Ms(1500), _clock.PositionAt(T(700)));
        Assert.True(_clock.Update(Level(300) with { GoesOnAt = Ms(4000) }, Level(300) with { GoesOnAt = Ms(4000) }, ready: true, T(720)));
        Assert.Equal(Ms(4000), _clock.PositionAt(T(720)));
    }

    [Fact]
    public void A_pause_holds_the_position()
    {
        Start();
        _clock.SetPaused(true, T(100));
        Update(150, video: 0, audio: 0);
        Assert.Equal(PlayoutState.Paused, _clock.State);
        Assert.Null(_clock.PositionAt(T(200)));
        _clock.SetPaused(false, T(5000));
        Assert.Equal(Ms(1100), _clock.PositionAt(T(5000)));
        Assert.Equal(0, _clock.Stalls);
    }

    [Fact]
    public void A_pause_in_a_stall_is_no_stall()
    {
        Start();
        Update(500, video: 0, audio: 300);
        _clock.SetPaused(true, T(700));
        Assert.Equal(T(200), _clock.StallTimeAt(T(60_000)));
        _clock.SetPaused(false, T(60_000));
        Assert.Equal(PlayoutState.Stalled, _clock.State);
        Update(60_100, video: 500, audio: 500);
        Assert.Equal((1, T(300)), (_clock.Stalls, _clock.StallTimeAt(T(90_000))));
        Assert.Equal(T(59_300), _clock.PausedTimeAt(T(90_000)));
    }

    [Fact]
    public void A_connection_lost_in_a_pause_is_no_stall()
    {
        Start();
        _clock.SetPaused(true, T(100));
        _clock.Begin(Ms(1100), afterLoss: true, T(5000));
        Update(5100, video: 500, audio: 500);
        Assert.Equal((PlayoutState.Paused, Ms(1100)), (_clock.State, _clock.StandsAt(T(5200))));
        Assert.Equal(T(200), _clock.PausedTimeAt(T(5200)));
        _clock.SetPaused(false, T(6000));
        Update(6000, video: 500, audio: 500);
        Assert.Equal(Ms(1100), _clock.PositionAt(T(6000)));
        Assert.Equal((0, TimeSpan.Zero), (_clock.Stalls, _clock.StallTimeAt(T(6000))));
    }

    [Fact]
    public void It_starts_where_it_is_told_to_and_stands_there_before()
    {
        Start();
        _clock.Begin(Ms(1700), afterLoss: false, T(100));
        Assert.Equal((PlayoutState.Buffering, (Timestamp?)null), (_clock.State, _clock.PositionAt(T(150))));
        Assert.Equal(Ms(1700), _clock.StandsAt(T(150)));
        // A pause before the start changes nothing: it still takes the whole target to start.
        _clock.SetPaused(true, T(160));
        _clock.SetPaused(false, T(170));
        Update(180, video: 150, audio: 150);
        Assert.Equal(PlayoutState.Buffering, _clock.State);
        Update(200, video: 200, audio: 200);
        Assert.Equal(Ms(1700), _clock.PositionAt(T(200)));
        Assert.Equal(0, _clock.Stalls);

        _clock.Begin(Ms(400), afterLoss: false, T(300));
        Update(300, video: 200, audio: 200);
        Assert.Equal(Ms(1000), _clock.PositionAt(T(300)));
    }

    [Fact]
    public void A_lost_connection_counts_as_one_stall_and_another_channel_as_none()
    {
        Start();
        _clock.Begin(null, afterLoss: true, T(100));
        Assert.Equal(PlayoutState.Stalled, _clock.State);
        Update(300, video: 500, audio: 500);
        Assert.Equal(PlayoutState.Playing, _clock.State);
        _clock.Begin(null, afterLoss: false, T(400));
        Assert.Equal(PlayoutState.Buffering, _clock.State);
        Assert.Null(_clock.StandsAt(T(400)));
        Assert.Equal((1, T(200)), (_clock.Stalls, _clock.StallTimeAt(T(1000))));
    }

    [Theory]
    [InlineData(15)]
    [InlineData(-15)]
    public void Small_errors_of_the_sound_are_never_seen(int error)
    {
        Start();
        var before = _clock.PositionAt(T(1000))!.Value;
        for (var t = 1010; t < 3000; t += 10)
        {
            var position = _clock.PositionAt(T(t))!.Value;
            Assert.InRange((position - before).TotalMilliseconds, 9.9, 10.1);
            before = position;
            _clock.ReportAudioPosition(Ms(1000 + t + error), T(t));
        }
    }

    [Theory]
    [InlineData(18)]
    [InlineData(-18)]
    public void What_the_output_was_late_at_the_start_is_made_up_for_within_a_second(int error)
    {
        Start();
        for (var t = 10; t <= 1000; t += 10)
        {
            _clock.ReportAudioPosition(Ms(1000 + t + error), T(t));
        }

        Assert.InRange((_clock.PositionAt(T(1000))!.Value - Ms(2000 + error)).TotalMilliseconds, -4, 4);
    }

    [Theory]
    [InlineData(60)]
    [InlineData(-60)]
    [InlineData(200)]
    [InlineData(-200)]
    public void Larger_errors_are_worked_off_at_five_percent(int error)
    {
        Start();
        var before = _clock.PositionAt(T(0))!.Value;
        for (var t = 10; t <= 15_000; t += 10)
        {
            var position = _clock.PositionAt(T(t))!.Value;
            Assert.InRange((position - before).TotalMilliseconds, 9.4, 10.6);
            before = position;
            _clock.ReportAudioPosition(Ms(1000 + t + error), T(t));
        }

        Assert.InRange((before - Ms(1000 + 15_000 + error)).TotalMilliseconds, -5, 5);
    }

    [Fact]
    public void Very_large_errors_jump_forwards_but_never_back()
    {
        Start();
        _clock.ReportAudioPosition(Ms(1900), T(100));
        Assert.Equal(Ms(1900), _clock.PositionAt(T(100)));
        _clock.ReportAudioPosition(Ms(1500), T(110));
        Assert.Equal(Ms(1910), _clock.PositionAt(T(110)));
        _clock.ReportAudioPosition(Ms(1600), T(210));
        Assert.Equal(Ms(1910), _clock.PositionAt(T(250)));
    }

    [Fact]
    public void Without_sound_for_half_a_second_time_alone_holds()
    {
        Start();
        _clock.ReportAudioPosition(Ms(400), T(100));
        Assert.Equal(Ms(1100), _clock.PositionAt(T(600)));
        Assert.Equal(Ms(1500), _clock.PositionAt(T(1000)));
    }

    [Theory]
    [InlineData(1.0005)]
    [InlineData(0.9995)]
    public void It_follows_a_sound_card_that_is_fast_or_slow(double speed)
    {
        Start();
        for (var t = 10; t < 600_000; t += 10)
        {
            _clock.ReportAudioPosition(Ms(1000 + (t * speed)), T(t));
        }

        Assert.InRange((_clock.PositionAt(T(599_990))!.Value - Ms(1000 + (599_990 * speed))).TotalMilliseconds, -4, 4);
    }

    [Fact]
    public void Positions_never_go_back_whatever_comes()
    {
        for (var seed = 0; seed < 300; seed++)
        {
            var random = new Random(seed);
            var clock = new PlayoutClock();
            Timestamp? last = null;
            for (var t = 0; t < 20_000; t += random.Next(1, 60))
            {
                switch (random.Next(6))
                {
                    case 0:
                        clock.SetPaused(random.Next(3) == 0, T(t));
                        break;
                    case 1:
                        clock.ReportAudioPosition(Ms(1000 + t + random.Next(-600, 600)), T(t));
                        break;
                    case 2 when random.Next(20) == 0:
                        clock.Begin(random.Next(2) == 0 ? null : Ms(1000 + random.Next(3000)), random.Next(2) == 0, T(t));
                        last = null;
                        break;
                    default:
                        clock.Update(Level(random.Next(4) * 100), Level(random.Next(4) * 100), ready: true, T(t));
                        break;
                }

                var stands = clock.StandsAt(T(t));
                Assert.True(last is null || stands >= last, $"seed {seed}: from {last} to {stands} at {t} ms");
                Assert.True(clock.PositionAt(T(t)) is null == (clock.State != PlayoutState.Playing), $"seed {seed}");
                last = stands;
            }

            Assert.True(clock.StallTimeAt(T(20_000)) <= T(20_100), $"seed {seed}");
        }
    }

    private static TimeSpan T(double milliseconds) => TimeSpan.FromMilliseconds(milliseconds);

    private static TrackLevel Level(double level) => new() { Start = Ms(1000), Level = T(level), Target = T(200) };

    private void Start() => Update(0, video: 500, audio: 500);

    private void Update(double at, double video, double audio, bool ready = true) => _clock.Update(Level(video), Level(audio), ready, T(at));
}
