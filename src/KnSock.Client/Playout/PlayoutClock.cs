using KnSock.Media;
using KnSock.Protocol.Messages;

namespace KnSock.Client.Playout;

/// <summary>Says which position is being played at an instant. Sound is its master.</summary>
/// <remarks>
/// Between reports of the sound it runs with the monotonic clock. A report within 20 ms of it changes nothing that could be seen or heard (the
/// speed by a quarter of a percent at most), a larger error is worked off at up to 5 %, one above 250 ms at once: forwards by a jump, backwards
/// by standing still, for positions never go back within a selection. In the first second after a start even a small error is worked off at up to
/// 5 %, for there the output may be some milliseconds late. Without a report for 500 ms the monotonic clock alone holds.
/// At the live edge all of this is relative to the pace (<see cref="PlayoutPace"/>), at which the sound goes too.
/// A gap in both tracks, which the server makes when it passes over to the live edge, is jumped over as soon as there is enough behind it.
/// It holds no clock itself: each call is given the present time.
/// </remarks>
internal sealed class PlayoutClock
{
    private static readonly TimeSpan Unnoticed = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan JumpAbove = TimeSpan.FromMilliseconds(250);

    /// <summary>A shorter gap is over before it is worth a jump.</summary>
    public static readonly TimeSpan LeastGap = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan SoundIsLostAfter = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Smoothing = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(1);
    private const double DriftRate = 0.0025;

    /// <summary>What lies at the output goes at the pace of before, so with another pace picture and sound part a little.</summary>
    private const double DriftRateWhilePaced = 0.01;
    private const double Paced = 0.006;
    private const double SlewRate = 0.05;

    private PlayoutState _phase = PlayoutState.Buffering;
    private bool _paused;
    private Timestamp? _base;
    private TimeSpan _baseTime;
    private double _correction;
    private bool _waitsForSound;
    private TimeSpan _lastSound;
    private TimeSpan? _smoothed;
    private TimeSpan _startedAt;
    private TimeSpan _stalledSince;
    private TimeSpan _stallTime;
    private Timestamp? _startAt;
    private TimeSpan _pausedSince;
    private TimeSpan _pausedTime;

    /// <summary>What playout is doing.</summary>
    public PlayoutState State => _paused ? PlayoutState.Paused : _phase;

    /// <summary>How often playout stopped for want of data.</summary>
    public int Stalls { get; private set; }

    /// <summary>How fast playout goes: 1 = as recorded. Small corrections towards the sound come on top.</summary>
    public double Pace { get; private set; } = 1;

    /// <summary>For how long it did. Time in which the user had stopped it does not count.</summary>
    public TimeSpan StallTimeAt(TimeSpan now) => _stallTime + (State == PlayoutState.Stalled ? now - _stalledSince : TimeSpan.Zero);

    /// <summary>For how long the user has stopped playout since the selection began.</summary>
    public TimeSpan PausedTimeAt(TimeSpan now) => _pausedTime + (_paused ? now - _pausedSince : TimeSpan.Zero);

    /// <summary>The position of playout. Null unless it is playing.</summary>
    public Timestamp? PositionAt(TimeSpan now) => State == PlayoutState.Playing ? StandsAt(now) : null;

    /// <summary>
    /// The position at which playout is, was stopped, or is to start. Null before it started where the selection's first media says where.
    /// </summary>
    public Timestamp? StandsAt(TimeSpan now) => HasReached(now) ?? _startAt;

    private Timestamp? HasReached(TimeSpan now)
    {
        if (_base is not { } origin || State != PlayoutState.Playing)
        {
            return _base;
        }

        var elapsed = now - _baseTime;
        var steered = _lastSound + SoundIsLostAfter - _baseTime;
        var rate = _waitsForSound ? 0 : Pace + _correction;
        if (elapsed <= steered)
        {
            return origin + (elapsed * rate);
        }

        steered = steered > TimeSpan.Zero ? steered : TimeSpan.Zero;
        return origin + (steered * rate) + ((elapsed - steered) * Pace);
    }

    /// <summary>Begins a selection: playout stops, and starts anew when there is media.</summary>
    /// <param name="startAt">Where it is to start. Null: where the media begins.</param>
    /// <param name="afterLoss">Whether it replaces one whose connection was lost, so that the user sees it as a stall.</param>
    /// <param name="now">The present time.</param>
    public void Begin(Timestamp? startAt, bool afterLoss, TimeSpan now)
    {
        if (afterLoss && State == PlayoutState.Playing)
        {
            Stall(now);
        }
        else if (!afterLoss || _phase == PlayoutState.Playing)
        {
            EndStall(now);
            _phase = PlayoutState.Buffering;
        }

        (_base, _startAt, _pausedTime, _pausedSince) = (null, startAt, TimeSpan.Zero, now);
    }

    /// <summary>Whether playout of the selection has started, whatever it does now.</summary>
    public bool HasStarted => _base is not null;

    /// <summary>Says where playout is to start that has not started yet in this selection.</summary>
    public void StartAt(Timestamp position) => _startAt = position;

    /// <summary>Lets playout go faster or slower from now on.</summary>
    public void SetPace(double pace, TimeSpan now)
    {
        if (pace != Pace)
        {
            var (correction, waits) = (_correction, _waitsForSound);
            Rebase(HasReached(now), now);
            (Pace, _correction, _waitsForSound) = (pace, correction, waits);
        }
    }

    /// <summary>Goes on further ahead.</summary>
    public void JumpTo(Timestamp position, TimeSpan now)
    {
        if (PositionAt(now) < position)
        {
            Play(position, now);
        }
    }

    /// <summary>Stops or resumes playout for the user.</summary>
    public void SetPaused(bool paused, TimeSpan now)
    {
        if (paused == _paused)
        {
            return;
        }

        Rebase(HasReached(now), now);
        (_stallTime, _pausedTime) = (StallTimeAt(now), PausedTimeAt(now));
        (_paused, _stalledSince, _pausedSince) = (paused, now, now);
    }

    /// <summary>Starts, stalls or resumes playout as the tracks ask for. The levels are those at <see cref="StandsAt"/>, or at their start.</summary>
    /// <param name="video">How the picture stands.</param>
    /// <param name="audio">How the sound stands.</param>
    /// <param name="ready">Whether what shows the pictures has the first one.</param>
    /// <param name="now">The present time.</param>
    /// <returns>Whether playout was taken over a gap.</returns>
    public bool Update(in TrackLevel video, in TrackLevel audio, bool ready, TimeSpan now)
    {
        if (_paused)
        {
            return false;
        }

        if (HasReached(now) is { } position)
        {
            return GoOn(position, video, audio, now);
        }

        if (ready && video.CanStart && audio.CanStart && (video.Start ?? audio.Start) is { } start)
        {
            Play(_startAt is { } wanted ? Timestamp.Max(start, wanted) : start, now);
        }

        return false;
    }

    /// <summary>Stalls or resumes playout, or takes it over a gap.</summary>
    private bool GoOn(Timestamp position, in TrackLevel video, in TrackLevel audio, TimeSpan now)
    {
        var isPlaying = _phase == PlayoutState.Playing;
        if (isPlaying && (video.IsDry || audio.IsDry))
        {
            Stall(now);
            return false;
        }

        var behindGap = BehindGap(position, video, audio);
        if (isPlaying ? behindGap is not null && video.CanJump && audio.CanJump : video.CanResume && audio.CanResume)
        {
            Play(behindGap ?? position, now);
            return behindGap is not null;
        }

        return false;
    }

    /// <summary>Where playout can go on that has reached a gap in both tracks. A gap in one is nobody's loss of time: the other goes on.</summary>
    private static Timestamp? BehindGap(Timestamp position, in TrackLevel video, in TrackLevel audio) =>
        video.GoesOnAt is { } picture && audio.GoesOnAt is { } sound && Timestamp.Min(picture, sound) is var there && there - position >= LeastGap
            ? there
            : null;

    /// <summary>Takes in which instant of sound is being heard.</summary>
    public void ReportAudioPosition(Timestamp heard, TimeSpan now)
    {
        if (PositionAt(now) is not { } position)
        {
            return;
        }

        var sinceLast = now - _lastSound;
        _lastSound = now;
        var error = heard - position;
        if (error.Duration() > JumpAbove)
        {
            _smoothed = null;
            Rebase(error > TimeSpan.Zero ? heard : position, now);
            _waitsForSound = error < TimeSpan.Zero;
            return;
        }

        var weight = Math.Min(1, sinceLast / Smoothing);
        var smoothed = (_smoothed ?? error) + ((error - (_smoothed ?? error)) * weight);
        _smoothed = smoothed;
        Rebase(position, now);
        _correction = Correction(smoothed, now);
    }

    /// <summary>By how much the clock runs faster, so that an error vanishes within seconds unnoticed, or soon where it would be noticed.</summary>
    private double Correction(TimeSpan error, TimeSpan now)
    {
        if (now - _startedAt < Settling)
        {
            return Math.Clamp(error.TotalSeconds / 0.2, -SlewRate, SlewRate);
        }

        if (error.Duration() > Unnoticed)
        {
            return Math.Clamp(error.TotalSeconds, -SlewRate, SlewRate);
        }

        return Math.Abs(Pace - 1) > Paced
            ? Math.Clamp(error.TotalSeconds, -DriftRateWhilePaced, DriftRateWhilePaced)
            : Math.Clamp(error.TotalSeconds / 4, -DriftRate, DriftRate);
    }

    private void Play(Timestamp position, TimeSpan now)
    {
        EndStall(now);
        _phase = PlayoutState.Playing;
        (_smoothed, _startedAt) = (null, now);
        Rebase(position, now);
    }

    private void Stall(TimeSpan now)
    {
        Rebase(HasReached(now), now);
        _phase = PlayoutState.Stalled;
        _stalledSince = now;
        Stalls++;
    }

    private void EndStall(TimeSpan now)
    {
        _stallTime = StallTimeAt(now);
        _stalledSince = now;
        if (_phase == PlayoutState.Stalled)
        {
            _phase = PlayoutState.Buffering;
        }
    }

    private void Rebase(Timestamp? position, TimeSpan now)
    {
        (_base, _baseTime, _correction, _waitsForSound) = (position, now, 0, false);
    }
}
