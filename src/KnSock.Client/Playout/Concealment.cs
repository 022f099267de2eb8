namespace KnSock.Client.Playout;

/// <summary>What is heard when sound ends for want of data: what was heard last, backwards and fading, so that it dies away instead of breaking off with a click.</summary>
/// <param name="sampleRate">Samples a second.</param>
/// <param name="channels">Channels.</param>
internal sealed class Concealment(int sampleRate, int channels)
{
    /// <summary>How long it takes. Longer, it would be heard as an echo.</summary>
    public static readonly TimeSpan Length = TimeSpan.FromMilliseconds(60);

    private readonly float[] _last = new float[(int)(sampleRate * Length.TotalSeconds) * channels];
    private readonly float[] _faded = new float[(int)(sampleRate * Length.TotalSeconds) * channels];
    private int _count;

    /// <summary>Takes note of what is going to be heard.</summary>
    public void Note(ReadOnlySpan<float> samples)
    {
        var taken = samples[Math.Max(0, samples.Length - _last.Length)..];
        var kept = Math.Min(_count, _last.Length - taken.Length);
        _last.AsSpan(_count - kept, kept).CopyTo(_last);
        taken.CopyTo(_last.AsSpan(kept));
        _count = kept + taken.Length;
    }

    /// <summary>What follows if nothing else does. Valid until the next call.</summary>
    public ReadOnlySpan<float> Fade()
    {
        var frames = _count / channels;
        for (var frame = 0; frame < frames; frame++)
        {
            var gain = 1 - ((frame + 1f) / frames);
            for (var channel = 0; channel < channels; channel++)
            {
                _faded[(frame * channels) + channel] = gain * _last[((frames - 1 - frame) * channels) + channel];
            }
        }

        _count = 0;
        return _faded.AsSpan(0, frames * channels);
    }

    /// <summary>What comes next does not follow what was before.</summary>
    public void Reset() => _count = 0;
}
