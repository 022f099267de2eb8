using KnSock.Client.Playout;
using KnSock.Media;
using KnSock.Protocol.Messages;

namespace KnSock.Client;

/// <content>Playout at the live edge: where it starts, how fast it goes, when it jumps, and what is learned from arrivals.</content>
internal sealed partial class Playback
{
    /// <summary>For how long playout waits at a start, or behind a gap, for all that lies before the live edge already.</summary>
    private static readonly TimeSpan PatienceForEdge = TimeSpan.FromMilliseconds(500);

    /// <summary>Sound comes with the picture of its time, so it may end a unit before that.</summary>
    private static readonly TimeSpan SoundBehindPicture = TimeSpan.FromMilliseconds(30);

    private readonly PlayoutPace _pace = new();

    /// <summary>Where the broadcast was when the server began to send, or passed over to, a GOP: what lies before came late on purpose.</summary>
    private Timestamp? _arrivingUpTo;
    private TimeSpan? _arrivingSince;
    private bool _hasArrived;

    /// <inheritdoc/>
    public double Rate
    {
        get
        {
            lock (_gate)
            {
                return _clock.Pace;
            }
        }
    }

    /// <summary>Whether units are not given out yet, because it is not known where playout starts.</summary>
    private bool IsHeldBack => _options.IsAtLiveEdge && !_ended && _clock.StandsAt(Now) is null;

    /// <summary>Another selection begins.</summary>
    private void LeaveEdge(TimeSpan now)
    {
        (_arrivingUpTo, _arrivingSince, _hasArrived) = (null, null, false);
        _video.Arrivals.Reset();
        _audio.Arrivals.Reset();
        ResetPace(now);
    }

    /// <summary>
    /// Has playout start, and go on behind a gap, where the target delay lies ready, and not where the GOP begins: what lies before is decoded and not presented.
    /// </summary>
    private void AimAtEdge(ref TrackLevel video, ref TrackLevel audio, TimeSpan now)
    {
        if (!_options.IsAtLiveEdge || _ended)
        {
            return;
        }

        if (IsArriving(now))
        {
            (video, audio) = (video with { IsArriving = true }, audio with { IsArriving = true });
            return;
        }

        if (_clock.StandsAt(now) is { } position)
        {
            if (video.GoesOnAt is { } picture && audio.GoesOnAt is { } sound && Timestamp.Min(picture, sound) is var gapEnd
                && gapEnd - position >= PlayoutClock.LeastGap && AimFrom(gapEnd, now) is var there)
            {
                video = video with { Level = _video.Buffer.Level(there), BehindGap = TimeSpan.Zero, GoesOnAt = there };
                audio = audio with { Level = _audio.Buffer.Level(there), BehindGap = TimeSpan.Zero, GoesOnAt = there };
            }
        }
        else if (video.CanStart && audio.CanStart && video.Start is { } start)
        {
            StartAt(AimFrom(start, now), ref video, ref audio);
            _video.Filled.Set();
            _audio.Filled.Set();
        }
    }

    /// <summary>Decoding up to where playout starts took time, in which the target has moved on.</summary>
    private void AimAgain(ref TrackLevel video, ref TrackLevel audio, TimeSpan now)
    {
        if (_options.IsAtLiveEdge && !_ended && !_clock.HasStarted && _startAt is { } start)
        {
            StartAt(AimFrom(start, now), ref video, ref audio);
        }
    }

    private void StartAt(Timestamp position, ref TrackLevel video, ref TrackLevel audio)
    {
        _startAt = position;
        _clock.StartAt(position);
        video = video with { Level = _video.Buffer.Level(position) };
        audio = audio with { Level = _audio.Buffer.Level(position) };
    }

    /// <summary>Where both tracks have their target, at the earliest at <paramref name="first"/>.</summary>
    private Timestamp AimFrom(Timestamp first, TimeSpan now) =>
        _video.Buffer.End is { } picture && _audio.Buffer.End is { } sound
            ? Timestamp.Max(first, Timestamp.Min(picture - _video.TargetAt(now), sound - _audio.TargetAt(now)))
            : first;

    /// <summary>Whether what lay before the live edge at a start, or behind a gap, is still coming in.</summary>
    private bool IsArriving(TimeSpan now)
    {
        if (_hasArrived || _arrivingUpTo is not { } edge || _arrivingSince is not { } since)
        {
            return false;
        }

        _hasArrived = now - since >= PatienceForEdge || (_video.Buffer.NextDue > edge && _audio.Buffer.NextDue > edge - SoundBehindPicture);
        return !_hasArrived;
    }

    /// <summary>Playout was taken over a gap, or ahead.</summary>
    private void OnJumped(TimeSpan now)
    {
        _meter.OnBreak();
        if (_options.IsAtLiveEdge && _clock.StandsAt(now) is { } there)
        {
            _startAt = there;
            _video.Buffer.SkipTo(there);
            _audio.Buffer.SkipTo(there);
            _video.Room.Set();
            _audio.Room.Set();
        }
    }

    /// <summary>Lets playout go as fast as it takes to keep to the target delay, or jump there.</summary>
    private void KeepToEdge(in TrackLevel video, in TrackLevel audio, TimeSpan now)
    {
        if (!_options.IsAtLiveEdge)
        {
            return;
        }

        if (_clock.PositionAt(now) is not { } position || _ended
            || _video.Arrivals.DepthAt(position, now) is not { } picture || _audio.Arrivals.DepthAt(position, now) is not { } sound)
        {
            ResetPace(now);
            return;
        }

        if (video.GoesOnAt is not null || audio.GoesOnAt is not null)
        {
            return;
        }

        var level = video.Level < audio.Level ? video.Level : audio.Level;
        var input = picture - video.Target < sound - audio.Target
            ? new PaceInput(picture, video.Target, level) { RecentDepth = _video.Arrivals.RecentDepthAt(position, now) ?? TimeSpan.Zero }
            : new PaceInput(sound, audio.Target, level) { RecentDepth = _audio.Arrivals.RecentDepthAt(position, now) ?? TimeSpan.Zero };
        var jump = _pace.Update(input, now);
        _clock.SetPace(_pace.Rate, now);
        _meter.OnRate(_pace.Rate);
        if (jump > TimeSpan.Zero)
        {
            _meter.OnJump();
            _clock.JumpTo(position + jump, now);
            OnJumped(now);
        }
    }

    private void ResetPace(TimeSpan now)
    {
        _pace.Reset();
        _clock.SetPace(_pace.Rate, now);
    }

    /// <summary>
    /// Learns from when a unit came. With read-ahead batches come when there is room for them, so nothing but a unit that came too late says anything; at the
    /// live edge each unit is sent when it is due, but for those that lay before the live edge at a start or behind a gap, and for a GOP that is begun again.
    /// </summary>
    private void NoteArrival(Track track, in ArrivedUnit unit, Timestamp? endBefore)
    {
        var now = Now;
        if (!_options.IsAtLiveEdge)
        {
            if (_clock.PositionAt(now) is { } played && unit.Unit.Pts < played)
            {
                track.Target.OnLate(now);
            }

            return;
        }

        if (unit.Discontinuity || _arrivingSince is null)
        {
            (_arrivingUpTo, _arrivingSince, _hasArrived) = (_mark?.LiveEdge ?? _arrivingUpTo, now, false);
        }

        if (track.Buffer.End is not { } end || end <= endBefore)
        {
            return;
        }

        var late = track.Arrivals.Add(end, now);
        if (_arrivingUpTo is { } edge && unit.Unit.Dts > edge)
        {
            var needed = late + unit.Unit.Duration;
            track.Target.OnArrival(needed, now);
            if (IsTooLate(unit.Unit, now))
            {
                track.Target.OnLate(now, needed);
            }
        }
    }

    /// <summary>Whether playout has passed a unit, or waits for it.</summary>
    private bool IsTooLate(AccessUnit unit, TimeSpan now) => _clock.StandsAt(now) is { } position && _clock.State switch
    {
        PlayoutState.Playing => unit.Pts < position,
        PlayoutState.Stalled => unit.Pts < position + (unit.Duration / 2),
        _ => false,
    };
}
