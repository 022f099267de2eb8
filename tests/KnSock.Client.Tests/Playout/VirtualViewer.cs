using KnSock.Client.Playout;
using KnSock.Client.Tests.Server;
using KnSock.Media;
using KnSock.Protocol;
using KnSock.Protocol.Messages;

namespace KnSock.Client.Tests.Playout;

/// <summary>The decoding sink on the real playback in virtual time, and a server that answers selections and keeps to the horizon.</summary>
internal sealed class VirtualViewer : IDisposable
{
    /// <summary>Decoding, presenting and sound wait for time.</summary>
    private const int Loops = 3;

    private readonly WatchedTime _time;
    private readonly CancellationTokenSource _stop = new();
    private readonly Dictionary<TrackKind, int> _sent = [];
    private readonly VideoConfiguration _video = SyntheticChannel.VideoSetup(0);
    private readonly Task _sink;
    private readonly double _maxBuffer;
    private readonly bool _isAtLiveEdge;
    private readonly HashSet<TrackKind> _passedOver = [];
    private readonly DamagedSoundTests.DamagedWire _wire = new();
    private Select? _answering;
    private double _answerAt;
    private double _askedAt;
    private double _origin;
    private uint _marked;
    private int _served;

    public VirtualViewer(LiveStreamClientOptions options, int pictureBytes = 300, double latenessMs = 0)
    {
        _time = new WatchedTime(Loops) { Lateness = TimeSpan.FromMilliseconds(latenessMs) };
        (_maxBuffer, _isAtLiveEdge, Channel) = (options.MaxBuffer.TotalSeconds, options.IsAtLiveEdge, new SyntheticChannel(0, "one", pictureBytes: pictureBytes));
        Video = new FakeVideoOutput(_time);
        Audio = new FakeAudioOutput(_time) { Latency = TimeSpan.FromMilliseconds(20) };
        Playback = new Playback(options with { TimeProvider = _time }, [Channel.Info], Channel.Info, _time.GetElapsedTime(0));
        _sink = new DecodingSink(() => Decoder, () => new FakeAudioDecoder(), Video, Audio).RunAsync(Playback, _stop.Token);
    }

    /// <summary>4 s at 30 pictures a second in GOPs of a second.</summary>
    public SyntheticChannel Channel { get; }

    public Playback Playback { get; }

    public FakeVideoDecoder Decoder { get; } = new() { Delay = 2 };

    public FakeVideoOutput Video { get; }

    public FakeAudioOutput Audio { get; }

    public List<Select> Selects { get; } = [];

    /// <summary>The last feedback.</summary>
    public Feedback? Feedback { get; private set; }

    /// <summary>From a selection to its first frame, milliseconds.</summary>
    public double AnswersAfter { get; set; } = 50;

    /// <summary>The connection is cut.</summary>
    public bool IsLost { get; set; }

    /// <summary>The link carries nothing; at the live edge the server passes over what is more than a second old when it does again.</summary>
    public bool IsBlocked { get; set; }

    /// <summary>The picture's connection carries nothing; the sound has its own.</summary>
    public bool IsPictureBlocked { get; set; }

    /// <summary>How far into a GOP the broadcast is when a live viewer selects, seconds.</summary>
    public double WithinGop { get; init; } = 0.5;

    /// <summary>How long what is sent takes on its way at a time, milliseconds of both; what was sent before holds up what was sent behind it.</summary>
    public Func<double, double> Delay { get; set; } = _ => 0;

    /// <summary>By how much the sound is sent ahead of the picture, seconds.</summary>
    public double SoundLead { get; set; }

    /// <summary>Units from here to there are damaged on their way.</summary>
    public (double From, double To)? Damaged { get; set; }

    /// <summary>Has the sound go over the wire as frames, and changes their bytes on the way.</summary>
    public Func<byte[], byte[]>? SoundWire { get; init; }

    /// <summary>Where the broadcast is.</summary>
    public double LiveEdge => _origin + ((Now - _askedAt) / 1000);

    public double Now => _time.GetElapsedTime(0).TotalMilliseconds;

    public IReadOnlyList<double> Shown => [.. Video.Shown.Select(s => s.Pts.TotalSeconds)];

    public void Run(double milliseconds) => _time.Run(milliseconds, Serve);

    public void Dispose()
    {
        _stop.Cancel();
        Assert.True(_sink.ContinueWith(_ => true, TaskScheduler.Default).Wait(TimeSpan.FromSeconds(10)));
        Decoder.Dispose();
        _stop.Dispose();
    }

    /// <summary>Does what the server does; true if it was anything.</summary>
    private bool Serve()
    {
        var before = _served;
        if (IsLost)
        {
            return false;
        }

        if (Playback.TakeUnsentSelect() is { } select)
        {
            _served++;
            Selects.Add(select);
            (_answering, _answerAt, _askedAt) = (select, Now + AnswersAfter, Now);
            _origin = select.From switch { StartPoint.Position => select.PositionSeconds!.Value, StartPoint.Live => 2 + WithinGop + (Now / 1000), _ => 0 };
            Playback.OnControl(new Pong { Id = _time.GetElapsedTime(0).Ticks, Time = (long)(Now * 1000) });
            Playback.OnControl(new Selected { Selection = select.Selection, Channel = 0, StartSeconds = Math.Floor(_origin), MaxBufferSeconds = _maxBuffer });
            SendFrom(Math.Floor(_origin));
        }

        Feedback = Playback.BuildFeedback();
        if (_answering is { } answered && Now >= _answerAt && !IsBlocked)
        {
            Send(answered.Selection);
        }

        return _served != before;
    }

    private void Send(uint selection)
    {
        if (_marked != selection)
        {
            _marked = selection;
            SendMark(selection);
        }

        var played = Feedback?.Selection == selection ? Feedback.PositionSeconds : null;
        var limit = _isAtLiveEdge ? LiveEdge - (Delay(Now) / 1000) : (played ?? Math.Floor(_origin)) + _maxBuffer;
        if (_isAtLiveEdge && !IsPictureBlocked && LiveEdge - At(Channel.Rungs[0], _sent[TrackKind.Video]) > 1)
        {
            var soundIsAhead = At(Channel.Sound, _sent[TrackKind.Audio]) >= LiveEdge - 0.1;
            var sound = _sent[TrackKind.Audio];
            SendFrom(Math.Floor(LiveEdge));
            _sent[TrackKind.Audio] = soundIsAhead ? sound : _sent[TrackKind.Audio];
            _passedOver.UnionWith(soundIsAhead ? [TrackKind.Video] : [TrackKind.Video, TrackKind.Audio]);
            SendMark(selection);
        }

        Send(TrackKind.Video, Channel.Rungs[0], _video, selection, IsPictureBlocked ? double.MinValue : limit);
        Send(TrackKind.Audio, Channel.Sound, SyntheticChannel.AudioSetup, selection, limit + SoundLead);
    }

    private void SendMark(uint selection)
    {
        _served++;
        Playback.OnMark(new Mark { Selection = selection, TurnStart = default, SendTime = new Timestamp((long)(Now * 1000)), LiveEdge = Timestamp.FromSeconds(LiveEdge) });
    }

    private void Send(TrackKind track, AccessUnit[] units, DecoderConfiguration setup, uint selection, double limit)
    {
        for (; At(units, _sent[track]) <= limit; _sent[track]++)
        {
            var number = _sent[track];
            if (Damaged is { } damaged && At(units, number) >= damaged.From && At(units, number) < damaged.To)
            {
                continue;
            }

            var turn = Channel.Length * (number / units.Length);
            var unit = units[number % units.Length];
            if (track == TrackKind.Audio && SoundWire is { } damage)
            {
                _wire.Pass(unit, damage, selection).ToList().ForEach(whole => Accept(track, whole));
                continue;
            }

            var arrived = new ArrivedUnit(unit with { Pts = unit.Pts + turn, Dts = unit.Dts + turn }, setup)
            {
                Selection = selection, TurnStart = Timestamp.FromTimeSpan(turn), Rendition = 0, Discontinuity = _passedOver.Remove(track),
            };
            Accept(track, arrived);
        }
    }

    private void Accept(TrackKind track, ArrivedUnit arrived)
    {
        _served++;
        var accepting = Playback.AcceptAsync(track, arrived, isShared: true, CancellationToken.None).AsTask();
        Assert.True(accepting.IsCompletedSuccessfully, "the client has no room for what it may be sent");
    }

    private void SendFrom(double keyframe) =>
        (_sent[TrackKind.Video], _sent[TrackKind.Audio]) = (First(Channel.Rungs[0], keyframe), First(Channel.Sound, keyframe));

    /// <summary>The first unit at or after a keyframe.</summary>
    private int First(AccessUnit[] units, double keyframe)
    {
        var number = (int)(keyframe / Channel.Length.TotalSeconds) * units.Length;
        while (At(units, number) < keyframe)
        {
            number++;
        }

        return number;
    }

    private double At(AccessUnit[] units, int number) =>
        (Channel.Length * (number / units.Length)).TotalSeconds + units[number % units.Length].Pts.TotalSeconds;
}
