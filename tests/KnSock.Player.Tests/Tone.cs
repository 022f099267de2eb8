namespace KnSock.Player.Tests;

/// <summary>Measures a tone.</summary>
internal static class Tone
{
    /// <summary>Its frequency by its rising zero crossings, between the first and the last of them.</summary>
    public static double Frequency(ReadOnlySpan<float> samples, int sampleRate)
    {
        var (first, last, count) = (-1.0, -1.0, -1);
        for (var i = 1; i < samples.Length; i++)
        {
            if (samples[i - 1] < 0 && samples[i] >= 0)
            {
                last = i - (samples[i] / (samples[i] - samples[i - 1]));
                first = count < 0 ? last : first;
                count++;
            }
        }

        return count <= 0 ? 0 : count * sampleRate / (last - first);
    }

    public static double Peak(ReadOnlySpan<float> samples)
    {
        var peak = 0f;
        foreach (var sample in samples)
        {
            peak = Math.Max(peak, Math.Abs(sample));
        }

        return peak;
    }
}
