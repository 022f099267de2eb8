using KnSock.Fanout.Framing;
using KnSock.Media;
using KnSock.Protocol;

namespace KnSock.Fanout.Load;

/// <summary>What a viewer makes of the frames that come: when it can show something, how late they are, how playout goes.</summary>
/// <param name="target">The target delay, microseconds.</param>
/// <param name="loopLength">Of a recording that comes over and over: how long one pass is, microseconds; otherwise 0.</param>
internal sealed class MediaReceiver(long target, long loopLength)
{
    /// <summary>What comes at first is from before the live edge, at once; its delay says nothing.</summary>
    private const long JoinPhase = 2_000_000;

    private long _pictureStart;
    private long _soundStart;
    private bool _hasPicture;
    private long _pictureEndBefore;

    /// <summary>When the first unit of the picture that can be decoded was there.</summary>
    public long? JoinedAt { get; private set; }

    /// <summary>How playout goes.</summary>
    public SimulatedPlayout Playout { get; } = new(target);

    /// <summary>How late units are.</summary>
    public DelaySpread Spread { get; } = new();

    /// <summary>The rung of the last unit of the picture.</summary>
    public int Rendition { get; private set; } = -1;

    /// <summary>Access units since <see cref="Begin"/>.</summary>
    public long Units { get; private set; }

    /// <summary>Up to where the picture is there, microseconds on the viewer's timeline.</summary>
    public long PictureEnd { get; private set; }

    /// <summary>How much of the timeline came since <see cref="Begin"/>, microseconds.</summary>
    public long Advanced => PictureEnd - _pictureEndBefore;

    /// <summary>How often the server left something out since the start.</summary>
    public int Skips { get; private set; }

    /// <summary>Takes a frame.</summary>
    /// <param name="frame">The frame.</param>
    /// <param name="now">When its last byte came, microseconds.</param>
    public void Take(in VerifiedFrame frame, long now)
    {
        if (frame.Header.Kind == FrameKind.Mark && frame.Header.Flags.HasFlag(FrameFlags.Discontinuity))
        {
            TakeDiscontinuity(frame, now);
        }
        else if (frame.Header.Kind == FrameKind.AccessUnit)
        {
            TakeUnit(frame, now);
        }
    }

    /// <summary>From here on figures count.</summary>
    public void Begin(long now)
    {
        Units = 0;
        _pictureEndBefore = PictureEnd;
        Spread.Begin();
        Playout.Begin(now);
    }

    private void TakeDiscontinuity(in VerifiedFrame frame, long now)
    {
        if (loopLength > 0)
        {
            // Each pass begins with the marks of the first one.
            _pictureStart += frame.Track == TrackKind.Video && _hasPicture ? loopLength : 0;
            _soundStart += frame.Track == TrackKind.Audio && Playout.SoundEnd is not null ? loopLength : 0;
        }
        else if (frame.Track == TrackKind.Video && _hasPicture)
        {
            Skips++;
            Playout.Restart(now);
        }
    }

    private void TakeUnit(in VerifiedFrame frame, long now)
    {
        var isPicture = frame.Track == TrackKind.Video;
        var shift = isPicture ? _pictureStart : _soundStart;
        var due = shift + frame.DueMicroseconds;
        if (JoinedAt is { } joined && now - joined >= JoinPhase)
        {
            Spread.Add(now - due);
        }

        Units++;
        if (isPicture)
        {
            // At most two pictures before it are presented after it: up to here, two frames before its own number, all are there.
            PictureEnd = due + frame.Header.DurationMicroseconds;
            JoinedAt ??= now;
            (_hasPicture, Rendition) = (true, frame.Header.Rendition);
            Playout.Take(TrackKind.Video, shift + frame.StartMicroseconds, PictureEnd, now);
        }
        else
        {
            var start = shift + frame.StartMicroseconds;
            Playout.Take(TrackKind.Audio, start, start + frame.Header.DurationMicroseconds, now);
        }
    }
}
