namespace KnSock.Testing.LipSync;

/// <summary>Finds the pictures at which a dark picture turns white.</summary>
public sealed class FlashDetector
{
    private const int White = 180;
    private const int Dark = 120;
    private const int EveryNth = 61;

    private readonly List<TimeSpan> _onsets = [];
    private bool _white;

    /// <summary>When flashes began.</summary>
    public IReadOnlyList<TimeSpan> Onsets => _onsets;

    /// <summary>Takes the next picture.</summary>
    /// <param name="luma">Brightness of its pixels, 16 to 235.</param>
    /// <param name="time">When it is shown.</param>
    public void Add(ReadOnlySpan<byte> luma, TimeSpan time)
    {
        var brightness = Brightness(luma);
        if (!_white && brightness > White)
        {
            _onsets.Add(time);
        }

        _white = brightness > (_white ? Dark : White);
    }

    private static double Brightness(ReadOnlySpan<byte> luma)
    {
        long sum = 0;
        var count = 0;
        for (var i = 0; i < luma.Length; i += EveryNth, count++)
        {
            sum += luma[i];
        }

        return count == 0 ? 0 : (double)sum / count;
    }
}
