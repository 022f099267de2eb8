using KnSock.Media;

namespace KnSock.Client.Playout;

/// <summary>Puts decoded sound together into one unbroken line of samples, each at the time that its unit's PTS gives it.</summary>
/// <remarks>
/// Every unit is cut where its duration ends. What overlaps is trimmed; a gap of up to 60 ms is concealed by repeating the last sound while it fades,
/// a longer one is silence. After a gap the sound fades in. Less than a sample is neither: turns of a loop are seldom a whole number of them. All is
/// counted from the beginning of the line, so what is rounded does not add up. Holds no clock.
/// </remarks>
internal sealed class AudioAssembler
{
    private static readonly TimeSpan ConcealUpTo = TimeSpan.FromMilliseconds(60);
    private static readonly TimeSpan FillUpTo = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Fade = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan Repeated = TimeSpan.FromMilliseconds(20);

    private readonly int _sampleRate;
    private readonly int _channels;
    private readonly float[] _last;
    private float[] _line;
    private int _first;
    private int _end;
    private int _lastFrames;
    private Timestamp _origin;
    private long _frames;
    private bool _begun;

    /// <summary>Creates it for a format.</summary>
    public AudioAssembler(int sampleRate, int channels)
    {
        (_sampleRate, _channels) = (sampleRate, channels);
        _line = new float[sampleRate / 2 * channels];
        _last = new float[ToFrames(Repeated) * channels];
    }

    /// <summary>Sound that waits to be taken.</summary>
    public TimeSpan Available => Timestamp.FromUnits(AvailableFrames, _sampleRate).SinceZero;

    /// <summary>Time of the first sample that waits to be taken. Null before the first unit.</summary>
    public Timestamp? Start => _begun ? PtsOf(_frames - AvailableFrames) : null;

    /// <summary>Time behind the last sample that waits to be taken.</summary>
    public Timestamp End => PtsOf(_frames);

    private int AvailableFrames => (_end - _first) / _channels;

    /// <summary>Adds the samples of a unit.</summary>
    /// <param name="pts">When the first is to be heard.</param>
    /// <param name="duration">For how long; samples beyond it are cut.</param>
    /// <param name="samples">Interleaved samples.</param>
    public void Append(Timestamp pts, TimeSpan duration, ReadOnlySpan<float> samples)
    {
        var isCut = ToFrames(duration) < samples.Length / _channels;
        if (!_begun || (pts - End).Duration() > FillUpTo)
        {
            Begin(pts);
        }

        var offset = (pts - End).Duration() < Timestamp.FromUnits(1, _sampleRate).SinceZero ? 0 : (int)(FrameAt(pts) - _frames);
        if (offset < 0)
        {
            samples = samples[Math.Min(samples.Length, -offset * _channels)..];
        }
        else if (offset > 0)
        {
            Fill(offset);
        }

        var excess = _frames + (samples.Length / _channels) - FrameAt(pts + duration);
        if (isCut && excess > 0)
        {
            samples = samples[..(int)Math.Max(0, samples.Length - (excess * _channels))];
        }

        Write(samples, fadeIn: offset > ToFrames(Fade));
    }

    /// <summary>Takes samples from the line.</summary>
    /// <returns>How many floats were written.</returns>
    public int Take(Span<float> destination)
    {
        var count = Math.Min(destination.Length / _channels * _channels, _end - _first);
        _line.AsSpan(_first, count).CopyTo(destination);
        _first += count;
        return count;
    }

    /// <summary>Throws away what is to be heard before <paramref name="position"/>; where the line begins later, puts silence before it.</summary>
    public void Align(Timestamp position)
    {
        if (Start is not { } start)
        {
            return;
        }

        var frames = (position - start).Ticks * _sampleRate / TimeSpan.TicksPerSecond;
        if (frames >= 0)
        {
            _first = (int)Math.Min(_end, _first + (frames * _channels));
            return;
        }

        var silence = (int)Math.Min(-frames, ToFrames(FillUpTo)) * _channels;
        var line = new float[silence + _end - _first];
        _line.AsSpan(_first, _end - _first).CopyTo(line.AsSpan(silence));
        (_line, _first, _end) = (line, 0, line.Length);
    }

    /// <summary>Throws everything away; the next unit begins a new line.</summary>
    public void Reset() => (_begun, _first, _end, _lastFrames, _frames) = (false, 0, 0, 0, 0);

    private void Begin(Timestamp pts)
    {
        Reset();
        (_begun, _origin) = (true, pts);
    }

    private Timestamp PtsOf(long frame) => _origin + Timestamp.FromUnits(frame, _sampleRate).SinceZero;

    /// <summary>The sample of the line that is the nearest to a time.</summary>
    private long FrameAt(Timestamp time) => Timestamp.FromTimeSpan(time - _origin).ToUnits(_sampleRate);

    private int ToFrames(TimeSpan time) => (int)Timestamp.FromTimeSpan(time).ToUnits(_sampleRate);

    private void Fill(int frames)
    {
        var gap = Room(frames * _channels);
        gap.Clear();
        var concealed = frames <= ToFrames(ConcealUpTo) ? frames : ToFrames(Fade);
        concealed = Math.Min(concealed, frames);
        for (var frame = 0; frame < concealed && _lastFrames > 0; frame++)
        {
            // Played to and fro, so that the waveform has no step in it.
            var phase = frame % (2 * _lastFrames);
            var source = phase < _lastFrames ? _lastFrames - 1 - phase : phase - _lastFrames;
            var gain = 1f - ((float)(frame + 1) / (concealed + 1));
            for (var channel = 0; channel < _channels; channel++)
            {
                gap[(frame * _channels) + channel] = _last[(source * _channels) + channel] * gain;
            }
        }

        _frames += frames;
    }

    private void Write(ReadOnlySpan<float> samples, bool fadeIn)
    {
        var target = Room(samples.Length);
        samples.CopyTo(target);
        var fade = fadeIn ? Math.Min(ToFrames(Fade), samples.Length / _channels) : 0;
        for (var i = 0; i < fade * _channels; i++)
        {
            target[i] *= (i / _channels) / (float)fade;
        }

        _frames += samples.Length / _channels;
        var kept = Math.Min(samples.Length, _last.Length);
        if (kept > 0)
        {
            samples[^kept..].CopyTo(_last);
            _lastFrames = kept / _channels;
        }
    }

    /// <summary>Makes room for samples at the end of the line.</summary>
    private Span<float> Room(int count)
    {
        if (_end + count > _line.Length)
        {
            var line = _end - _first + count > _line.Length ? new float[(_end - _first + count) * 2] : _line;
            _line.AsSpan(_first, _end - _first).CopyTo(line);
            (_line, _end, _first) = (line, _end - _first, 0);
        }

        var room = _line.AsSpan(_end, count);
        _end += count;
        return room;
    }
}
