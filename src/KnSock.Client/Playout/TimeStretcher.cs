using System.Numerics;

namespace KnSock.Client.Playout;

/// <summary>Plays sound faster or slower without a change of its pitch: samples in, samples out.</summary>
/// <remarks>
/// After WSOLA (Verhelst and Roelands, 1993), but samples pass through unchanged for as long as they are within 7 ms of where the rate wants them.
/// Only then 4 to 20 ms are left out or heard twice, as many as make the waveform fit itself best, and cross-faded over 8 ms. So a rate of 1 changes nothing,
/// and one that is off by a few parts in ten thousand, which makes up for a drift, touches the sound every half minute. Holds no clock.
/// </remarks>
/// <param name="sampleRate">Samples a second and channel.</param>
/// <param name="channels">Number of channels.</param>
internal sealed class TimeStretcher(int sampleRate, int channels)
{
    private const double Tolerance = 0.007;

    /// <summary>Up to here a place is waited for at which the waveform fits well.</summary>
    private const double Patience = 0.014;

    /// <summary>Beyond this what is missing is not made up for.</summary>
    private const double MostBehind = 0.05;
    private const double GoodFit = 0.5;
    private const double ForLength = 0.02;
    private const double LongestMemory = 1;

    private readonly int _fade = sampleRate / 125;
    private readonly int _least = sampleRate / 250;
    private readonly int _most = sampleRate / 50;
    private readonly float[] _faded = new float[sampleRate / 125 * channels];
    private readonly float[] _mono = new float[(sampleRate / 50) + (sampleRate / 125 * 2)];
    private readonly Queue<(long At, int Frames)> _splices = new();
    private float[] _samples = new float[sampleRate / 4 * channels];
    private int _next;
    private int _end;
    private int _fadedLeft;
    private long _given;

    /// <summary>Frames by which what is given out lies before where the rate wants it.</summary>
    private double _behind;
    private double _triedAt;

    /// <summary>Frames that were put in and not yet given out.</summary>
    public int Waiting => _end - _next + _fadedLeft;

    /// <summary>Frames to be put in so that some can be given out; where a splice is due it takes a look at what lies ahead.</summary>
    public int Needed(int frames, double rate)
    {
        var ahead = Math.Abs(_behind + (frames * (rate - 1))) >= Tolerance * sampleRate ? _most + (2 * _fade) : 0;
        return Math.Max(0, frames + ahead - Waiting);
    }

    /// <summary>Frames that were left out (heard twice, if below 0) within the last ones given out.</summary>
    public int LeftOutWithin(int frames)
    {
        var sum = 0;
        foreach (var splice in _splices)
        {
            sum += splice.At > _given - frames ? splice.Frames : 0;
        }

        return sum;
    }

    /// <summary>Puts samples in.</summary>
    public void Put(ReadOnlySpan<float> samples)
    {
        MakeRoom(samples.Length / channels);
        samples.CopyTo(_samples.AsSpan(_end * channels));
        _end += samples.Length / channels;
    }

    /// <summary>Gives samples out.</summary>
    /// <param name="destination">Receives them, interleaved.</param>
    /// <param name="rate">How much faster than they were put in.</param>
    /// <returns>How many floats were written.</returns>
    public int Take(Span<float> destination, double rate)
    {
        var (wanted, count) = (destination.Length / channels, 0);
        while (count < wanted)
        {
            var given = _fadedLeft > 0 ? GiveFaded(destination[(count * channels)..]) : Pass(destination[(count * channels)..], rate);
            if (given == 0 && _fadedLeft == 0)
            {
                break;
            }

            count += given;
            _given += given;
            _behind = Math.Clamp(_behind + (given * (rate - 1)), -MostBehind * sampleRate, MostBehind * sampleRate);
        }

        while (_splices.TryPeek(out var oldest) && oldest.At < _given - (LongestMemory * sampleRate))
        {
            _splices.Dequeue();
        }

        return count * channels;
    }

    /// <summary>Forgets everything.</summary>
    public void Reset()
    {
        (_next, _end, _fadedLeft, _given, _behind, _triedAt) = (0, 0, 0, 0, 0, 0);
        _splices.Clear();
    }

    private int GiveFaded(Span<float> destination)
    {
        var count = Math.Min(_fadedLeft, destination.Length / channels);
        _faded.AsSpan((_fade - _fadedLeft) * channels, count * channels).CopyTo(destination);
        _fadedLeft -= count;
        return count;
    }

    /// <summary>Gives out samples as they are, up to the next splice. 0 where there is none left, or where a splice was made.</summary>
    private int Pass(Span<float> destination, double rate)
    {
        if (TrySplice())
        {
            return 0;
        }

        var count = Math.Min(_end - _next, destination.Length / channels);
        if (rate != 1)
        {
            // A millisecond at a time, so that the next place for a splice is not passed by.
            count = Math.Min(count, sampleRate / 1000);
        }

        _samples.AsSpan(_next * channels, count * channels).CopyTo(destination);
        _next += count;
        return count;
    }

    private bool TrySplice()
    {
        var behind = Math.Abs(_behind);
        if (behind < Tolerance * sampleRate || behind < _triedAt)
        {
            _triedAt = behind < Tolerance * sampleRate ? 0 : _triedAt;
            return false;
        }

        var isForward = _behind > 0;
        var most = Math.Min(_most, (int)(behind + (Tolerance * sampleRate * 0.75)));
        if (isForward ? _next + most + _fade > _end : _next - most < 0 || _next + _fade > _end)
        {
            return false;
        }

        var (length, fit) = BestFit(isForward, most);
        if (fit < GoodFit && behind < Patience * sampleRate)
        {
            _triedAt = behind + (sampleRate * 0.001);
            return false;
        }

        Splice(isForward ? length : -length);
        return true;
    }

    /// <summary>Fades from where playout is to as many frames further on.</summary>
    private void Splice(int frames)
    {
        for (var i = 0; i < _fade; i++)
        {
            var gain = 0.5f - (0.5f * MathF.Cos(MathF.PI * (i + 0.5f) / _fade));
            var (from, to) = ((_next + i) * channels, (_next + frames + i) * channels);
            for (var channel = 0; channel < channels; channel++)
            {
                _faded[(i * channels) + channel] = (_samples[from + channel] * (1 - gain)) + (_samples[to + channel] * gain);
            }
        }

        _splices.Enqueue((_given + (_fade / 2), frames));
        _behind -= frames;
        _triedAt = 0;
        _next += frames + _fade;
        _fadedLeft = _fade;
    }

    /// <summary>By how many frames the sound has to be shifted to be most like itself.</summary>
    private (int Length, double Fit) BestFit(bool isForward, int most)
    {
        var first = isForward ? _next : _next - most;
        var mono = MixDown(first, most + _fade);
        var origin = mono.Slice(isForward ? 0 : most, _fade);
        var energy = Product(origin, origin);
        var (best, fit) = (_least, double.MinValue);
        for (var length = _least; length <= most; length++)
        {
            var other = mono.Slice(isForward ? length : most - length, _fade);
            var both = Math.Sqrt(energy * Product(other, other));
            // Silence fits everything. Of what fits alike the longest is touched least often, and lies to both sides of where the rate wants it.
            var present = (both > 1e-9 ? Product(origin, other) / both : 1) + (ForLength * length / most);
            if (present > fit)
            {
                (best, fit) = (length, present);
            }
        }

        return (best, fit - (ForLength * best / most));
    }

    private ReadOnlySpan<float> MixDown(int first, int count)
    {
        var mono = _mono.AsSpan(0, count);
        for (var i = 0; i < count; i++)
        {
            var sum = 0f;
            foreach (var sample in _samples.AsSpan((first + i) * channels, channels))
            {
                sum += sample;
            }

            mono[i] = sum;
        }

        return mono;
    }

    private static double Product(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        var (sum, i) = (Vector<float>.Zero, 0);
        for (; i <= a.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            sum += new Vector<float>(a[i..]) * new Vector<float>(b[i..]);
        }

        var rest = 0f;
        for (; i < a.Length; i++)
        {
            rest += a[i] * b[i];
        }

        return Vector.Sum(sum) + rest;
    }

    /// <summary>Makes room behind the samples that wait; of those given out as many are kept as a splice may go back to.</summary>
    private void MakeRoom(int frames)
    {
        if ((_end + frames) * channels <= _samples.Length)
        {
            return;
        }

        var kept = Math.Min(_next, _most + _fade);
        var count = _end - _next + kept;
        var samples = (count + frames) * channels > _samples.Length ? new float[(count + frames) * 2 * channels] : _samples;
        _samples.AsSpan((_next - kept) * channels, count * channels).CopyTo(samples);
        (_samples, _next, _end) = (samples, kept, count);
    }
}
