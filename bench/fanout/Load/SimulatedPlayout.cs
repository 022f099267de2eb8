using KnSock.Media;
using KnSock.Protocol.Messages;

namespace KnSock.Fanout.Load;

/// <summary>Plays what came without playing it: starts when the target is there, moves on in real time, stops when it runs dry. All times in microseconds.</summary>
/// <param name="target">What has to lie ready before it starts, and again after a stall.</param>
public sealed class SimulatedPlayout(long target)
{
    private long _position;
    private long _now;
    private long? _pictureEnd;
    private long? _soundEnd;
    private long _leastBuffer = long.MaxValue;
    private PlayoutFigures _before = new(0, 0, 0, 0);

    /// <summary>What it is doing.</summary>
    public PlayoutState State { get; private set; } = PlayoutState.Buffering;

    /// <summary>What has to lie ready before it starts.</summary>
    public long Target => target;

    /// <summary>Where it stands. Null before the first picture.</summary>
    public long? Position => _pictureEnd is null ? null : _position;

    /// <summary>Picture that lies ready without a gap.</summary>
    public long PictureBuffer => Math.Max(0, (_pictureEnd ?? _position) - _position);

    /// <summary>Sound that lies ready without a gap.</summary>
    public long SoundBuffer => Math.Max(0, (_soundEnd ?? _position) - _position);

    /// <summary>Up to where the sound is there. Null before the first of it.</summary>
    public long? SoundEnd => _soundEnd;

    /// <summary>What can be played.</summary>
    public long Buffer => Math.Min(PictureBuffer, SoundBuffer);

    /// <summary>How often it ran dry.</summary>
    public int Stalls { get; private set; }

    /// <summary>For how long it stood still after that.</summary>
    public long StallTime { get; private set; }

    /// <summary>For how long less than the target lay ready while it played.</summary>
    public long TimeBelowTarget { get; private set; }

    /// <summary>What happened since <see cref="Begin"/>.</summary>
    public PlayoutFigures Figures => new(
        Stalls - _before.Stalls, StallTime - _before.StallTime, TimeBelowTarget - _before.TimeBelowTarget, Math.Min(_leastBuffer, Buffer));

    /// <summary>Takes a unit.</summary>
    /// <param name="track">Of which track it is.</param>
    /// <param name="start">Where it begins.</param>
    /// <param name="end">Up to where the track is without a gap now.</param>
    /// <param name="now">When it came.</param>
    public void Take(TrackKind track, long start, long end, long now)
    {
        Advance(now);
        if (track == TrackKind.Audio)
        {
            _soundEnd = end;
        }
        else
        {
            _position = _pictureEnd is null ? start : _position;
            _pictureEnd = end;
        }

        if (State is PlayoutState.Buffering or PlayoutState.Stalled && Buffer >= target)
        {
            State = PlayoutState.Playing;
        }
    }

    /// <summary>What follows does not continue what came: begins anew with the next picture.</summary>
    public void Restart(long now)
    {
        Advance(now);
        (_pictureEnd, _soundEnd, State) = (null, null, PlayoutState.Buffering);
    }

    /// <summary>Lets the time pass.</summary>
    public void Advance(long now)
    {
        var passed = now - _now;
        _now = now;
        if (State == PlayoutState.Stalled)
        {
            StallTime += passed;
        }
        else if (State == PlayoutState.Playing)
        {
            var buffer = Buffer;
            var played = Math.Min(passed, buffer);
            TimeBelowTarget += Math.Min(played, Math.Max(0, target - (buffer - played)));
            _position += played;
            _leastBuffer = Math.Min(_leastBuffer, buffer - played);
            if (passed >= buffer)
            {
                State = PlayoutState.Stalled;
                Stalls++;
                StallTime += passed - played;
            }
        }
    }

    /// <summary>From here on <see cref="Figures"/> count. What feedback says goes on.</summary>
    public void Begin(long now)
    {
        Advance(now);
        _before = new PlayoutFigures(Stalls, StallTime, TimeBelowTarget, 0);
        _leastBuffer = long.MaxValue;
    }
}
