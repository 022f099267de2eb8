using KnSock.Media;
using KnSock.Protocol.Legacy;

namespace KnSock.Client.Connection.Legacy;

/// <summary>Gives the sound of a kn-sock server places on the viewer's timeline: samples are counted from where it was anchored.</summary>
/// <remarks>
/// The sound's times are those of sending, in a flood, and say nothing. What damage took away is told by the bytes that were passed over; where times do go with the samples, by them.
/// Where sound is missing for long, silence takes its place, and sound that comes too late for its own is left out; if no other comes for half a second, it is anchored anew. Holds no clock.
/// </remarks>
internal sealed class SoundTimeline
{
    /// <summary>Sound that comes this soon after the first picture began with it.</summary>
    private static readonly TimeSpan Together = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan BehindFor = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan MostMissing = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan WholeFrame = LengthOf(LegacyAudioFrame.WholeSamples);
    private static readonly TimeSpan Exact = TimeSpan.FromMilliseconds(2);

    /// <summary>Steps that agree before times are believed to go with the samples.</summary>
    private const int StepsInTime = 8;

    private Timestamp? _anchor;
    private long _samples;
    private uint _next;
    private TimeSpan? _behindSince;
    private (double Time, TimeSpan Length)? _last;
    private int _inTime;

    /// <summary>Where all that was placed ends.</summary>
    public Timestamp End { get; private set; }

    /// <summary>Frames that are missing, as far as can be told.</summary>
    public long Missing { get; private set; }

    /// <summary>Another connection carries the sound.</summary>
    public void Leave() => (_anchor, _samples, _last, _inTime, _behindSince) = (null, 0, null, 0, null);

    /// <summary>Places a frame.</summary>
    /// <param name="frame">The frame; its samples are copied.</param>
    /// <param name="edge">Where the picture stands that comes now.</param>
    /// <param name="now">The present time.</param>
    /// <returns>The unit. Null: its time is past.</returns>
    public AccessUnit? Place(in LegacyAudioFrame frame, Timestamp edge, TimeSpan now)
    {
        var count = (int)frame.Samples.Length / LegacyAudioFrame.BytesPerSample;
        var missing = MissingBefore(frame);
        Missing += missing;
        _samples += missing * LegacyAudioFrame.WholeSamples;
        _last = (frame.Time, LengthOf(count));
        var anchor = _anchor ??= edge.SinceZero <= Together ? Timestamp.Zero : edge;
        var (pts, end) = (At(anchor, _samples), At(anchor, _samples + count));
        _samples += count;
        if (end > End)
        {
            _behindSince = null;
            return Unit(pts, end, missing, System.Buffers.BuffersExtensions.ToArray(frame.Samples));
        }

        if (now - (_behindSince ??= now) > BehindFor)
        {
            (_anchor, _samples, _behindSince) = (Timestamp.Max(edge, End), 0, null);
        }

        return null;
    }

    /// <summary>Places as much silence as one frame has, behind all that was placed.</summary>
    public AccessUnit Silence() =>
        Unit(End, End + WholeFrame, missing: 0, new byte[LegacyAudioFrame.MaxLength]);

    private static Timestamp At(Timestamp anchor, long samples) => anchor + LengthOf(samples);

    private static TimeSpan LengthOf(long samples) => Timestamp.FromUnits(samples, LegacyAudioFrame.SampleRate).SinceZero;

    private AccessUnit Unit(Timestamp pts, Timestamp end, long missing, byte[] samples)
    {
        _next += (uint)missing;
        End = end;
        return new AccessUnit
        {
            Kind = TrackKind.Audio,
            Sequence = _next++,
            Pts = pts,
            Dts = pts,
            Duration = end - pts,
            IsKeyframe = true,
            Payload = samples,
        };
    }

    /// <summary>How many frames damage took away before this one.</summary>
    private long MissingBefore(in LegacyAudioFrame frame)
    {
        if (_last is not { } last || _anchor is null)
        {
            return 0;
        }

        var step = TimeSpan.FromSeconds(Math.Clamp(frame.Time - last.Time, -100, 100)) - last.Length;
        if (frame.SkippedBytes == 0)
        {
            _inTime = step.Duration() < Exact ? Math.Min(_inTime + 1, StepsInTime) : 0;
            return 0;
        }

        var byTime = Math.Round(step / WholeFrame);
        if (_inTime == StepsInTime && byTime >= 0 && step < MostMissing && (step - (byTime * WholeFrame)).Duration() < Exact)
        {
            return (long)byTime;
        }

        var byBytes = Math.Round((double)frame.SkippedBytes / LegacyAudioFrame.WholeSize);
        return (long)Math.Min(byBytes, MostMissing / WholeFrame);
    }
}
