namespace KnSock.Testing.LipSync;

/// <summary>Finds the instants at which a tone of 1 kHz begins.</summary>
/// <remarks>
/// A window of two periods slides over the samples; the strength of the tone in it grows evenly while the window enters the tone, so the
/// beginning is where half of the tone's full strength is reached, less half a window. That holds whatever the loudness, and a blurred
/// beginning, as encoders make it, moves it little.
/// </remarks>
public sealed class BeepDetector
{
    private const double Frequency = 1000;
    private const double Floor = 0.01;
    private static readonly TimeSpan ShortestBeep = TimeSpan.FromMilliseconds(30);
    private static readonly TimeSpan Gap = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan Continuous = TimeSpan.FromMilliseconds(1);

    private readonly List<TimeSpan> _onsets = [];
    private readonly List<double> _strengths = [];
    private (double Cosine, double Sine)[] _window = [];
    private (double Cosine, double Sine) _sum;
    private int _rate;
    private long _count;
    private int _quiet;
    private TimeSpan _start;

    /// <summary>When beeps began. A beep is told once it is over.</summary>
    public IReadOnlyList<TimeSpan> Onsets => _onsets;

    /// <summary>Takes the next samples. Where they do not continue the ones before, the detector starts anew.</summary>
    /// <param name="samples">Samples of all channels, interleaved.</param>
    /// <param name="channels">Number of channels; the first is listened to.</param>
    /// <param name="sampleRate">Samples a second and channel.</param>
    /// <param name="time">When the first of them is heard.</param>
    public void Add(ReadOnlySpan<float> samples, int channels, int sampleRate, TimeSpan time)
    {
        if (sampleRate != _rate || (time - TimeOf(_count)).Duration() > Continuous)
        {
            Begin(sampleRate, time);
        }

        for (var i = 0; i + channels <= samples.Length; i += channels)
        {
            Listen(samples[i]);
        }
    }

    private void Begin(int sampleRate, TimeSpan time)
    {
        _strengths.Clear();
        (_rate, _start, _count, _quiet, _sum) = (sampleRate, time, 0, 0, default);
        _window = new (double, double)[(int)(2 * sampleRate / Frequency)];
    }

    private void Listen(float sample)
    {
        var (sine, cosine) = Math.SinCos(2 * Math.PI * Frequency * _count / _rate);
        ref var oldest = ref _window[_count % _window.Length];
        _sum = (_sum.Cosine + (sample * cosine) - oldest.Cosine, _sum.Sine + (sample * sine) - oldest.Sine);
        oldest = (sample * cosine, sample * sine);
        _count++;
        Follow(2 * Math.Sqrt((_sum.Cosine * _sum.Cosine) + (_sum.Sine * _sum.Sine)) / _window.Length);
    }

    private void Follow(double strength)
    {
        _quiet = strength < Floor ? _quiet + 1 : 0;
        if (_strengths.Count > 0 || _quiet == 0)
        {
            _strengths.Add(strength);
            if (_quiet > Gap.TotalSeconds * _rate)
            {
                Conclude();
                _strengths.Clear();
            }
        }
    }

    private void Conclude()
    {
        var full = _strengths.Order().ElementAt(_strengths.Count * 3 / 4);
        var loud = _strengths.Count(s => s > full / 2);
        if (loud < ShortestBeep.TotalSeconds * _rate)
        {
            return;
        }

        var first = _strengths.FindIndex(s => s >= full / 2);
        var reached = _count - _strengths.Count + first + 1;
        _onsets.Add(TimeOf(reached - (_window.Length / 2)));
    }

    private TimeSpan TimeOf(long sample) =>
        _rate == 0 ? TimeSpan.MinValue / 2 : _start + TimeSpan.FromTicks(sample * TimeSpan.TicksPerSecond / _rate);
}
