using KnSock.Server.Channels;

namespace KnSock.Server.Endpoints.Legacy;

/// <summary>What the rungs of JPEG pictures take, which depends on what is seen in them far more than with H.264.</summary>
internal sealed class LegacyRates
{
    /// <summary>For the division of the uplink a rung is another when it takes so much more or less.</summary>
    private const double Step = 0.1;

    /// <summary>What is extrapolated may come out below what is measured; by so much a rung takes more than the one below at least.</summary>
    private const double LeastRise = 0.01;

    private readonly LegacyMedia _media;
    private readonly double[] _now;
    private double[] _told;

    /// <summary>Begins with what is usual.</summary>
    public LegacyRates(LegacyMedia media)
    {
        _media = media;
        Usual = [.. media.Pictures.Select(t => (double)(t.Rendition.BitsPerSecond + media.Sound.Rendition.BitsPerSecond))];
        Utilities = [.. media.Pictures.Select(t => Math.Log((double)t.Rendition.BitsPerSecond / media.Pictures[0].Rendition.BitsPerSecond))];
        (_now, _told) = ([.. Usual], Rising(Usual));
    }

    /// <summary>What each rung usually takes with the sound, bit/s, lowest first.</summary>
    public IReadOnlyList<double> Usual { get; }

    /// <summary>What a second of each is worth.</summary>
    public IReadOnlyList<double> Utilities { get; }

    /// <summary>What each takes of the present pictures with the sound, bit/s. Changes when it is measured.</summary>
    public IReadOnlyList<double> Now => _now;

    /// <summary>The rates of all rungs, as far off what is usual as that of the present one is, which is seen.</summary>
    public void Measure(int rung)
    {
        var usual = _media.Pictures[rung].Rendition.BitsPerSecond;
        var factor = RateOf(_media.Pictures[rung]) / usual ?? 1;
        for (var i = 0; i < _now.Length; i++)
        {
            _now[i] = (RateOf(_media.Pictures[i]) ?? (_media.Pictures[i].Rendition.BitsPerSecond * factor)) + _media.Sound.Rendition.BitsPerSecond;
        }
    }

    /// <summary>The same for the division of the uplink: each more than the one below, and another list only where it is clearly another. Not written to any more.</summary>
    public IReadOnlyList<double> ForUplink()
    {
        var rising = Rising(_now);
        if (rising.Zip(_told).Any(pair => Math.Abs(pair.First - pair.Second) > Step * pair.Second))
        {
            _told = rising;
        }

        return _told;
    }

    private static double[] Rising(IReadOnlyList<double> rates)
    {
        double[] rising = [.. rates];
        for (var i = 1; i < rising.Length; i++)
        {
            rising[i] = Math.Max(rising[i], rising[i - 1] * (1 + LeastRise));
        }

        return rising;
    }

    /// <summary>What a rung takes where it was read last. Null: that is not in memory.</summary>
    private double? RateOf(RenditionTrack track) => track.Readers.At is { } at && track[at] is { IsComplete: true } gop
        ? gop.Bytes * 8 / (_media.Timeline.GopStart(at + 1) - _media.Timeline.GopStart(at)).TotalSeconds
        : null;
}
