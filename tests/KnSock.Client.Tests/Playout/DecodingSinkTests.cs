using KnSock.Client.Playout;
using KnSock.Client.Tests.Server;
using KnSock.Media;
using KnSock.Protocol;

namespace KnSock.Client.Tests.Playout;

/// <summary>The decoding sink on the real playback in virtual time.</summary>
public sealed class DecodingSinkTests : IDisposable
{
    /// <summary>Decoding, presenting and sound wait for time.</summary>
    private const int Loops = 3;

    private readonly WatchedTime _time = new(Loops);
    private readonly CancellationTokenSource _stop = new();
    private readonly FakeVideoDecoder _decoder = new() { Delay = 2 };
    private SyntheticChannel _channel = new(0, "one");
    private FakeVideoOutput _video = null!;
    private FakeAudioOutput _audio = null!;
    private Playback _playback = null!;
    private Task _sink = null!;
    private (int Pictures, int Sounds) _fed;

    public void Dispose()
    {
        _stop.Cancel();
        Assert.True(_sink.ContinueWith(_ => true, TaskScheduler.Default).Wait(TimeSpan.FromSeconds(10)));
        _decoder.Dispose();
        _stop.Dispose();
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(40, 1)]
    [InlineData(40, 1.001)]
    [InlineData(25, 0.999)]
    public void Pictures_come_on_time_and_with_their_sound(int latency, double speed)
    {
        Begin(latency, speed);
        _time.Run(20_000, () => Feed(ahead: 3));

        var shown = _video.Shown;
        Assert.InRange(shown.Count, 595, 601);
        for (var i = 0; i < shown.Count; i++)
        {
            Assert.Equal(i / 30.0, shown[i].Pts.TotalSeconds, 1e-5);
            // The first picture waits for the next look at the clock, so another one is the measure.
            var due = (shown[30].At + (shown[i].Pts - shown[30].Pts)).TotalMilliseconds;
            var allowed = speed == 1 ? 5 : 25;
            Assert.InRange(shown[i].At.TotalMilliseconds - due, -allowed, allowed);
        }

        var statistics = _playback.Statistics;
        Assert.Equal((0L, 0), (statistics.FramesDropped, statistics.Stalls));
        Assert.InRange(statistics.AvSkewP95Ms, 0, 6);
        Assert.InRange(statistics.AudioSeconds, 19.8, 20.1);
        Assert.Equal(0, _audio.Underruns);
        Assert.Equal(0, _decoder.Broken);
    }

    [Fact]
    public void The_first_sound_is_that_of_the_first_picture()
    {
        Begin(latency: 30);
        _time.Run(100, () => Feed(ahead: 3));

        Assert.InRange((_audio.FirstUnpaused!.Value - _video.Shown[0].At).TotalMilliseconds, -6, 6);
        Assert.InRange(_playback.Statistics.AvSkewP95Ms, 0, 6);
        Assert.InRange(_playback.Statistics.JoinMs!.Value, 0, 10);
    }

    [Fact]
    public void Of_sixty_pictures_a_second_every_second_one_is_shown()
    {
        _channel = new SyntheticChannel(0, "fast", frameRate: 60);
        Begin(turn: 240);
        _time.Run(5000, () => Feed(ahead: 3));

        Assert.InRange(_video.Shown.Count, 149, 151);
        Assert.All(_video.Shown.Zip(_video.Shown.Skip(1)), p => Assert.Equal(1 / 30.0, (p.Second.Pts - p.First.Pts).TotalSeconds, 1e-5));
        Assert.Equal(0, _playback.Statistics.FramesDropped);
    }

    [Fact]
    public void In_a_stall_both_stop_and_afterwards_both_go_on()
    {
        Begin();
        Feed(ahead: 1);
        _time.Run(3000);
        // Two of the thirty pictures are still held by the decoder.
        Assert.Equal(28, _video.Shown.Count);
        Assert.True(_audio.Paused);
        Assert.Null(_playback.Position);

        _time.Run(2000, () => Feed(ahead: 3, from: 1));

        var statistics = _playback.Statistics;
        Assert.Equal(1, statistics.Stalls);
        Assert.InRange(statistics.StallMs, 1900, 2100);
        Assert.InRange(statistics.FramesDropped, 0, 2);
        Assert.InRange(_video.Shown.Count, 86, 91);
        Assert.InRange(statistics.AvSkewP95Ms, 0, 12);
    }

    [Fact]
    public void After_a_unit_that_cannot_be_decoded_nothing_is_shown_up_to_the_next_keyframe()
    {
        _decoder.Fails = unit => unit.Pts.TotalSeconds is > 1.49 and < 1.51;
        Begin();
        _time.Run(3000, () => Feed(ahead: 3));

        // Two pictures were still held by the decoder when it failed.
        var gap = Assert.Single(_video.Shown.Zip(_video.Shown.Skip(1)), p => (p.Second.Pts - p.First.Pts).TotalMilliseconds > 40);
        Assert.Equal(2, gap.Second.Pts.TotalSeconds, 1e-5);
        Assert.InRange(gap.First.Pts.TotalSeconds, 1.39, 1.47);
        Assert.Contains("1 pictures could not be decoded: made to fail", _playback.Statistics.Errors, StringComparer.Ordinal);
        Assert.InRange(_playback.Statistics.FramesDropped, 15, 17);
        Assert.Equal(0, _decoder.Broken);
    }

    [Fact]
    public void A_gap_in_the_sound_does_not_move_the_picture()
    {
        Begin();
        _time.Run(4000, () => Feed(ahead: 3, soundIsLost: number => number is > 60 and < 75));

        Assert.InRange(_video.Shown.Count, 119, 121);
        Assert.InRange(_playback.Statistics.AvSkewP95Ms, 0, 6);
        Assert.Equal(0, _playback.Statistics.Stalls);
    }

    private void Begin(int latency = 20, double speed = 1, int turn = 120)
    {
        _video = new FakeVideoOutput(_time);
        _audio = new FakeAudioOutput(_time, speed) { Latency = TimeSpan.FromMilliseconds(latency) };
        _playback = new Playback(
            new LiveStreamClientOptions { TimeProvider = _time }, [_channel.Info], _channel.Info, _time.GetElapsedTime(0));
        var decoder = _decoder;
        decoder.Turn = turn;
        _playback.TakeUnsentSelect();
        _playback.OnMark(new Mark { Selection = 1, TurnStart = default, SendTime = default, LiveEdge = default });
        _sink = new DecodingSink(() => decoder, () => new FakeAudioDecoder(), _video, _audio).RunAsync(_playback, _stop.Token);
    }

    /// <summary>Gives the playback everything up to some seconds ahead of it.</summary>
    private bool Feed(double ahead, double from = 0, Func<int, bool>? soundIsLost = null)
    {
        var before = _fed;
        var limit = (_playback.Position?.TotalSeconds ?? from) + ahead;
        for (; At(_channel.Rungs[0], _fed.Pictures) < limit; _fed.Pictures++)
        {
            Accept(TrackKind.Video, _channel.Rungs[0], _fed.Pictures, SyntheticChannel.VideoSetup(0));
        }

        for (; At(_channel.Sound, _fed.Sounds) < limit; _fed.Sounds++)
        {
            if (soundIsLost?.Invoke(_fed.Sounds) != true)
            {
                Accept(TrackKind.Audio, _channel.Sound, _fed.Sounds, SyntheticChannel.AudioSetup);
            }
        }

        return _fed != before;
    }

    private double At(AccessUnit[] units, int number) =>
        (_channel.Length * (number / units.Length)).TotalSeconds + units[number % units.Length].Pts.TotalSeconds;

    private readonly Dictionary<TrackKind, DecoderConfiguration> _setups = [];

    private void Accept(TrackKind track, AccessUnit[] units, int number, DecoderConfiguration setup)
    {
        if (!_setups.TryGetValue(track, out var same))
        {
            _setups[track] = same = setup;
        }

        var turn = _channel.Length * (number / units.Length);
        var unit = units[number % units.Length];
        var task = _playback.AcceptAsync(
            track,
            new ArrivedUnit(unit with { Pts = unit.Pts + turn, Dts = unit.Dts + turn }, same)
            {
                Selection = 1,
                TurnStart = Timestamp.FromTimeSpan(turn),
                Rendition = 0,
            },
            isShared: false,
            CancellationToken.None);
        Assert.True(task.IsCompletedSuccessfully);
    }
}
