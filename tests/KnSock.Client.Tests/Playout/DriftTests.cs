using KnSock.Client.Playout;
using KnSock.Client.Tests.Server;
using KnSock.Media;
using KnSock.Protocol;
using KnSock.Protocol.Messages;
using KnSock.Testing;

namespace KnSock.Client.Tests.Playout;

/// <summary>An hour at the live edge with clocks that run apart: the real playback, sound and stretching, on virtual time.</summary>
public sealed class DriftTests
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(10);

    private readonly ManualTimeProvider _time = new();
    private readonly SyntheticChannel _channel = new(0, "one");
    private readonly VideoConfiguration _video = SyntheticChannel.VideoSetup(0);
    private readonly Random _random = new(3);
    private readonly Playback _playback;
    private readonly List<(double Latency, double Target)> _seconds = [];
    private double _serverSpeed = 1;
    private double _delay;
    private int _pictures;
    private int _sounds;
    private QueuedUnit? _next;

    public DriftTests()
    {
        _playback = new Playback(
            new LiveStreamClientOptions { MaxBuffer = TimeSpan.Zero, TimeProvider = _time }, [_channel.Info], _channel.Info, _time.GetElapsedTime(0));
        _playback.TakeUnsentSelect();
    }

    private double ServerTime => _time.Now.TotalSeconds * _serverSpeed;

    [Theory]
    [InlineData(200, 0)]
    [InlineData(-200, 0)]
    [InlineData(0, 200)]
    [InlineData(0, -200)]
    [InlineData(200, -200)]
    public void After_an_hour_playout_is_where_it_was_and_nobody_noticed(int cardPpm, int serverPpm)
    {
        _serverSpeed = 1 + (serverPpm * 1e-6);
        var output = new FakeAudioOutput(_time, 1 + (cardPpm * 1e-6)) { Latency = TimeSpan.FromMilliseconds(20) };
        var sound = new SoundPlayout(_playback, new FakeAudioDecoder(), output);
        var rates = new List<double>();
        for (var step = 0; step < 3600 * 100; step++)
        {
            Serve(step);
            sound.Step();
            Present(sound);
            if (step % 100 == 0 && _playback.Position is { } position)
            {
                _seconds.Add((ServerTime - position.TotalSeconds, _playback.Statistics.TargetDelayMs));
                rates.Add(_playback.Rate);
            }

            _time.Advance(Step);
        }

        var statistics = _playback.Statistics;
        Assert.Equal((0, 0L, 0), (statistics.Stalls, statistics.FramesDropped, statistics.Jumps));
        Assert.Equal(0, output.Underruns);
        Assert.InRange(statistics.AvSkewP95Ms, 0, 20);
        Assert.All(_seconds, s => Assert.Equal(200, s.Target, 1e-9));
        Assert.All(_seconds.Skip(60), s => Assert.InRange(s.Latency, 0.16, 0.21));
        Assert.All(rates.Skip(60), r => Assert.InRange(r, 0.995, 1.005));
        // How fast the card plays cannot be heard apart from how much is left out for it.
        Assert.Equal((serverPpm - cardPpm) * 1e-6, rates.Skip(600).Average() - 1, 3e-5);
    }

    private void Serve(int step)
    {
        if (step == 0)
        {
            _playback.OnMark(new Mark { Selection = 1, TurnStart = default, SendTime = default, LiveEdge = default });
        }

        if (step % 100 == 0)
        {
            _playback.OnControl(new Pong { Id = _time.Now.Ticks, Time = (long)(ServerTime * 1e6) });
        }

        // Each unit is a little late, and none overtakes another.
        _delay = Math.Max(_delay - 0.01, 0.02 * _random.NextDouble());
        Send(TrackKind.Video, _channel.Rungs[0], ref _pictures, _video);
        Send(TrackKind.Audio, _channel.Sound, ref _sounds, SyntheticChannel.AudioSetup);
    }

    private void Send(TrackKind track, AccessUnit[] units, ref int number, DecoderConfiguration setup)
    {
        while (true)
        {
            var turn = _channel.Length * (number / units.Length);
            var unit = units[number % units.Length];
            if (turn.TotalSeconds + unit.Pts.TotalSeconds > ServerTime - _delay)
            {
                return;
            }

            var arrived = new ArrivedUnit(unit with { Pts = unit.Pts + turn, Dts = unit.Dts + turn }, setup)
            {
                Selection = 1, TurnStart = Timestamp.FromTimeSpan(turn), Rendition = 0, Discontinuity = number == 0,
            };
            var accepting = _playback.AcceptAsync(track, arrived, isShared: true, CancellationToken.None).AsTask();
            Assert.True(accepting.IsCompletedSuccessfully);
            number++;
        }
    }

    /// <summary>Shows each picture at the first look at the clock after it is due.</summary>
    private void Present(SoundPlayout sound)
    {
        while (_playback.Position is { } position && (_next is not null || _playback.TryTake(TrackKind.Video, out var unit) && (_next = unit) is not null))
        {
            if (_next!.Value.Unit.Pts > position)
            {
                return;
            }

            sound.ReportPosition();
            _playback.ReportPicture(PictureOutcome.Presented, _next.Value.Unit.Pts);
            _next = null;
        }
    }
}
