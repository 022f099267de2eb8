using KnSock.Client.Connection;
using KnSock.Client.Playout;
using KnSock.Media;
using KnSock.Protocol;
using KnSock.Protocol.Messages;

namespace KnSock.Client;

/// <summary>
/// A channel being played: jitter buffers, clock and figures behind one lock, between the connection that fills them and the sink that empties
/// them. It outlives connections, so that a playback goes on when one is lost.
/// </summary>
internal sealed partial class Playback : IPlayback
{
    /// <summary>The server sends up to the wanted read-ahead and a GOP more; beyond that much more we stop reading.</summary>
    private static readonly TimeSpan BeyondReadAhead = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan LeastPassedOver = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan BetweenLooksForRoom = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestWait = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan PatienceWithSink = TimeSpan.FromMilliseconds(500);

    /// <summary>To begin within a GOP the pictures before have to be decoded first.</summary>
    private static readonly TimeSpan PatienceWithinGop = TimeSpan.FromSeconds(2);

    /// <summary>
    /// A paused client that had to stop reading within the read-ahead would look to the server like one that is gone; 50 Mbit/s are more than
    /// rungs have.
    /// </summary>
    private const double MostBytesASecond = 6.25e6;
    private const long LeastRoom = 64 * 1024 * 1024;

    private readonly Lock _gate = new();
    private readonly LiveStreamClientOptions _options;
    private readonly PlayoutClock _clock = new();
    private readonly ServerClock _serverClock = new();
    private readonly PlaybackMeter _meter;
    private readonly Track _video;
    private readonly Track _audio;
    private uint _readySelection;
    private bool _sinkIsWaitedFor;
    private TimeSpan? _startableSince;
    private Mark? _mark;

    public Playback(LiveStreamClientOptions options, IReadOnlyList<ChannelInfo> channels, ChannelInfo channel, TimeSpan startedAt)
    {
        (_options, Channels, Channel) = (options, channels, channel);
        _meter = new PlaybackMeter(startedAt);
        _limits = new Limits { MaxHeight = options.MaxHeight, MaxBitsPerSecond = options.MaxBitrate };
        _video = new Track(options, TimeSpan.FromMilliseconds(options.VideoBufferMs));
        _audio = new Track(options, TimeSpan.FromMilliseconds(options.AudioBufferMs));
        _selectWanted = new Signal(Time);
        FirstSelection = Want(channel, options.StartAt is { } start ? Timestamp.FromTimeSpan(start) : null);
    }

    /// <summary>Completes when the server has taken the first selection; fails if it refused it.</summary>
    public Task FirstSelection { get; }

    /// <inheritdoc/>
    public TimeProvider Time => _options.TimeProvider;

    /// <inheritdoc/>
    public IReadOnlyList<ChannelInfo> Channels { get; private set; }

    /// <inheritdoc/>
    public ChannelInfo Channel { get; private set; }

    /// <inheritdoc/>
    public uint Selection { get; private set; }

    /// <inheritdoc/>
    public double VideoFps => _options.VideoFps;

    /// <inheritdoc/>
    public bool Paused
    {
        get => _clock.State == PlayoutState.Paused;
        set
        {
            lock (_gate)
            {
                _clock.SetPaused(value, Now);
                _meter.OnBreak();
                _meter.OnUserBreak(Now);
                Tick();
            }
        }
    }

    /// <inheritdoc/>
    public Timestamp? Position
    {
        get
        {
            lock (_gate)
            {
                return Tick();
            }
        }
    }

    private TimeSpan Now => Time.Elapsed();

    /// <inheritdoc/>
    public bool TryTake(TrackKind track, out QueuedUnit unit)
    {
        var from = Of(track);
        lock (_gate)
        {
            if (IsHeldBack || !from.Buffer.TryTake(out var arrived))
            {
                unit = default;
                return false;
            }

            if (track == TrackKind.Video)
            {
                NoteRendition(arrived);
            }

            unit = new QueuedUnit(arrived.Unit, arrived.Configuration, arrived.Discontinuity) { Selection = arrived.Selection, StartAt = _startAt };
        }

        from.Room.Set();
        return true;
    }

    /// <inheritdoc/>
    public async ValueTask WaitAsync(TrackKind track, CancellationToken cancellationToken)
    {
        var from = Of(track);
        var filled = from.Filled.Next;
        lock (_gate)
        {
            if (from.Buffer.Count > 0 && !IsHeldBack)
            {
                cancellationToken.ThrowIfCancellationRequested();
                return;
            }
        }

        await from.Filled.WaitAsync(filled, LongestWait, cancellationToken);
    }

    /// <inheritdoc/>
    public void ReportReady(uint selection)
    {
        lock (_gate)
        {
            _sinkIsWaitedFor = true;
            _readySelection = selection;
            Tick();
        }
    }

    /// <inheritdoc/>
    public void ReportAudioPosition(Timestamp position)
    {
        lock (_gate)
        {
            _meter.OnSound(position, Now);
            _clock.ReportAudioPosition(position, Now);
        }
    }

    /// <inheritdoc/>
    public void ReportPicture(PictureOutcome outcome, Timestamp pts)
    {
        lock (_gate)
        {
            var now = Now;
            if (_options.IsAtLiveEdge && outcome == PictureOutcome.Late && pts < _startAt)
            {
                // It was taken before it was known that playout would not come by there.
                return;
            }

            if (pts < _startAt)
            {
                // Playout starts within this picture's time; that its own start is not heard with it is no skew.
                _meter.OnBreak();
            }

            // On a timeline of one's own a pause is no delay: nothing runs away from the viewer.
            var edge = CanSeek ? LiveEdgeAt(now) - _clock.PausedTimeAt(now) : LiveEdgeAt(now);
            var rate = Channel.FrameRate > 0 ? Channel.FrameRate : VideoFps;
            _meter.OnPicture(outcome, pts, edge, TimeSpan.FromSeconds(1 / Math.Clamp(rate, 1, VideoFps)), now);
        }
    }

    /// <inheritdoc/>
    public void ReportDecodeTime(TimeSpan time)
    {
        lock (_gate)
        {
            _meter.OnDecoded(time);
        }
    }

    /// <inheritdoc/>
    public void ReportAudioPlayed(TimeSpan duration)
    {
        lock (_gate)
        {
            _meter.OnAudioPlayed(duration);
        }
    }

    /// <inheritdoc/>
    public void ReportError(string message)
    {
        lock (_gate)
        {
            _meter.OnError(message);
        }
    }

    private Track Of(TrackKind track) => track == TrackKind.Video ? _video : _audio;

    /// <summary>Lets the clock start, stall or resume, and says where it is.</summary>
    private Timestamp? Tick()
    {
        var now = Now;
        var video = LevelOf(_video, now);
        var audio = TakenAlong(video, LevelOf(_audio, now), now);
        AimAtEdge(ref video, ref audio, now);
        _startableSince = video.CanStart && audio.CanStart ? _startableSince ?? now : null;
        var patience = _startAt is null ? PatienceWithSink : PatienceWithinGop;
        var isReady = !_sinkIsWaitedFor || _readySelection == Selection || now - _startableSince > patience;
        if (isReady)
        {
            AimAgain(ref video, ref audio, now);
        }

        if (_clock.Update(video, audio, isReady, now))
        {
            OnJumped(now);
        }

        KeepToEdge(video, audio, now);
        if (_ended && video.Level <= TimeSpan.Zero && audio.Level <= TimeSpan.Zero)
        {
            _finished.TrySetResult();
        }

        return _clock.PositionAt(now);
    }

    /// <summary>
    /// Where the server passed over pictures at the live edge, sound that came on a connection of its own has no gap. It is taken along to where the picture
    /// goes on, as it would be with the picture: there is nothing to be seen with it.
    /// </summary>
    private TrackLevel TakenAlong(in TrackLevel video, in TrackLevel audio, TimeSpan now)
    {
        if (!_options.IsAtLiveEdge || audio.GoesOnAt is not null || video.GoesOnAt is not { } there
            || _clock.StandsAt(now) is not { } position || there - position < LeastPassedOver || _audio.Buffer.Level(there) <= TimeSpan.Zero)
        {
            return audio;
        }

        return audio with { Level = _audio.Buffer.Level(there), BehindGap = _audio.Buffer.LevelBehindGap(there), GoesOnAt = there };
    }

    private TrackLevel LevelOf(Track track, TimeSpan now)
    {
        var at = _clock.StandsAt(now) ?? _video.Buffer.Start ?? _audio.Buffer.Start ?? Timestamp.Zero;
        return track.LevelAt(at, _ended, _clock.State is PlayoutState.Buffering or PlayoutState.Stalled, now);
    }

    /// <summary>Where the broadcast is now on the viewer's timeline, from the last mark and the server's clock.</summary>
    private Timestamp? LiveEdgeAt(TimeSpan now) =>
        _mark is { } mark && _serverClock.At(now) is { } serverNow ? mark.LiveEdge + (serverNow - mark.SendTime) : null;

    private void NoteRendition(in ArrivedUnit unit)
    {
        var index = unit.Rendition;
        if (_rendition == index)
        {
            return;
        }

        var name = Channel.Renditions.FirstOrDefault(r => r.Index == index)?.Name ?? $"rung {index}";
        _meter.OnRendition(ConnectFailure.Printable(name), isSwitch: _rendition is not null);
        _rendition = index;
    }
}
