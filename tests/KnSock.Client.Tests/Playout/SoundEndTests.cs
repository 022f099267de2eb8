using KnSock.Client.Playout;
using KnSock.Client.Tests.Server;
using KnSock.Protocol;
using KnSock.Protocol.Messages;
using KnSock.Testing;

namespace KnSock.Client.Tests.Playout;

/// <summary>Sound that ends for want of data: the real playback and sound on virtual time.</summary>
public sealed class SoundEndTests
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(5);

    private readonly ManualTimeProvider _time = new();
    private readonly Client.Playback _playback;
    private readonly Noting _output;
    private readonly SoundPlayout _sound;
    private int _sounds;
    private int _pictures;

    public SoundEndTests()
    {
        var channel = new SyntheticChannel(0, "one").Info;
        _playback = new Client.Playback(new LiveStreamClientOptions { MaxBuffer = TimeSpan.FromSeconds(3), FromBeginning = true, TimeProvider = _time }, [channel], channel, TimeSpan.Zero);
        var selection = _playback.TakeUnsentSelect()!.Selection;
        _playback.OnMark(new Mark { Selection = selection, TurnStart = default, SendTime = default, LiveEdge = default });
        _output = new Noting(new FakeAudioOutput(_time) { Latency = TimeSpan.FromMilliseconds(15) });
        _sound = new SoundPlayout(_playback, new FakeAudioDecoder(), _output);
    }

    [Fact]
    public void It_dies_away_and_goes_on_when_half_of_the_target_lies_ready()
    {
        Send(seconds: 2);
        Run(seconds: 3);

        Assert.Equal(PlayoutState.Stalled, _playback.BuildFeedback()!.State);
        Assert.True(_output.Paused);
        // But for the card's latency at the start.
        Assert.Equal(1.985, _playback.Statistics.AudioSeconds, 0.005);
        // Two seconds of a constant, as the decoder makes it, and what dies away behind it.
        var end = _output.Written.FindLastIndex(static s => s > 0.499f) + 1;
        Assert.InRange(end / 96_000.0, 1.98, 1.99);
        Assert.InRange((_output.Written.Count - end) / 96.0, 55, 60);
        Assert.All(Enumerable.Range(end, _output.Written.Count - end), i => Assert.InRange(_output.Written[i - 2] - _output.Written[i], -0.0001f, 0.001f));
        Assert.Equal(0, _output.Written[^1], 0.001);

        Send(seconds: 0.08);
        Run(seconds: 0.1);
        Assert.Equal(PlayoutState.Stalled, _playback.BuildFeedback()!.State);
        Send(seconds: 0.04);
        Run(seconds: 0.03);
        Assert.Equal(PlayoutState.Playing, _playback.BuildFeedback()!.State);
        Send(seconds: 2);
        Run(seconds: 1);
        Assert.Equal(1, _playback.Statistics.Stalls);
        Assert.Equal(3.03, _playback.Statistics.AudioSeconds, 0.06);
        Assert.Equal(_playback.Position!.Value.TotalSeconds, _playback.Statistics.AudioSeconds, 0.06);
    }

    [Fact]
    public void A_pause_stops_at_once()
    {
        Send(seconds: 2);
        Run(seconds: 1);
        var written = _output.Written.Count;
        _playback.Paused = true;
        _sound.Step();

        Assert.True(_output.Paused);
        Assert.Equal(written, _output.Written.Count);
    }

    private void Send(double seconds)
    {
        for (var end = _sounds + (int)(seconds * 50); _sounds < end; _sounds++)
        {
            Assert.True(Offer(Units.Sound(_sounds)));
        }

        for (; _pictures * 2 < _sounds; _pictures++)
        {
            Assert.True(Offer(Units.Picture(_pictures)));
        }
    }

    private bool Offer(ArrivedUnit unit) => _playback.AcceptAsync(unit.Unit.Kind, unit, isShared: true, CancellationToken.None).AsTask().IsCompletedSuccessfully;

    private void Run(double seconds)
    {
        for (var end = _time.Now + TimeSpan.FromSeconds(seconds); _time.Now < end;)
        {
            _sound.Step();
            while (_playback.TryTake(Media.TrackKind.Video, out _))
            {
                // Nobody looks.
            }

            _playback.BuildFeedback();
            _time.Advance(Step);
        }
    }

    /// <summary>An output that keeps what is written to it.</summary>
    private sealed class Noting(FakeAudioOutput inner) : IAudioOutput
    {
        public List<float> Written { get; } = [];

        public TimeSpan Queued => inner.Queued;

        public bool Paused
        {
            get => inner.Paused;
            set => inner.Paused = value;
        }

        public void Configure(int sampleRate, int channels) => inner.Configure(sampleRate, channels);

        public void Write(ReadOnlySpan<float> samples)
        {
            Written.AddRange(samples);
            inner.Write(samples);
        }

        public void Clear() => inner.Clear();
    }
}
