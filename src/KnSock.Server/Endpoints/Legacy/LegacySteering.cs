using KnSock.Media;
using KnSock.Server.Adaptation;
using KnSock.Server.Channels;

namespace KnSock.Server.Endpoints.Legacy;

/// <summary>Ties what is known of a kn-sock client's link and buffer to the choice of its rung, and the choice to what it is sent.</summary>
internal sealed class LegacySteering
{
    /// <summary>What a link was seen to carry holds for so long.</summary>
    private static readonly TimeSpan CapacityHolds = TimeSpan.FromSeconds(10);

    /// <summary>A rung that does not come for so long is given up.</summary>
    private static readonly TimeSpan LongestChange = TimeSpan.FromSeconds(10);

    /// <summary>The first rung has the second quality: some way up and some way down are near.</summary>
    private const int FirstAboveLowest = 1;

    private readonly LegacyMedia _media;
    private readonly LinkEstimator _link = new();
    private readonly double[] _rates;
    private readonly int _lowestOfSize;
    private LegacyRungChoice? _choice;
    private (double BitsPerSecond, TimeSpan At)? _capacity;
    private TimeSpan? _changingSince;

    public LegacySteering(LegacyMedia media)
    {
        _media = media;
        _rates = new double[media.Pictures.Count];
        var top = (JpegRendition)media.Pictures[^1].Rendition;
        _lowestOfSize = media.Pictures.Index().First(t => t.Item.Rendition is JpegRendition jpeg && (jpeg.Width, jpeg.Height) == (top.Width, top.Height)).Index;
        First = Math.Min(_lowestOfSize + FirstAboveLowest, media.Pictures.Count - 1);
    }

    /// <summary>The rung to begin with.</summary>
    public int First { get; }

    /// <summary>The rung that was chosen.</summary>
    public int Rung => _choice?.Rung ?? First;

    /// <summary>What the link is taken to carry, bit/s. Null: that is not known yet.</summary>
    public double? LinkBitsPerSecond => _link.Estimate.BitsPerSecond;

    /// <summary>What the client said last of its buffer, seconds. Null: nothing.</summary>
    public double? BufferSeconds { get; private set; }

    /// <summary>The first picture is sent.</summary>
    public void Begin(TimeSpan now) => _choice = new LegacyRungChoice(First, _lowestOfSize, now);

    /// <summary>Takes in a report of the client's buffer.</summary>
    public void Report(double level, TimeSpan now)
    {
        BufferSeconds = level;
        _choice?.Report(level, now);
    }

    /// <summary>Takes a look at the link and chooses anew.</summary>
    /// <returns>Why another rung is made ready from now on. Null: none is.</returns>
    public string? Look(PictureFeed picture, LinkSample sample, TimeSpan now)
    {
        _link.Add(sample, now);
        if (_link.Estimate is { IsCapacity: true, BitsPerSecond: { } carried })
        {
            _capacity = (carried, now);
        }

        var choice = _choice!;
        if (picture.IsChanging && now - _changingSince < LongestChange)
        {
            return null;
        }

        if (_changingSince is not null)
        {
            _changingSince = null;
            choice.Settle(now);
        }

        Measure(picture.Rung);
        var capacity = _capacity is { } seen && now - seen.At < CapacityHolds ? seen.BitsPerSecond : (double?)null;
        var reason = choice.Consider(new LegacyLink(picture.Waiting + UnderWay(capacity), capacity), _rates, now);
        if (reason is not null)
        {
            _changingSince = now;
            picture.ChangeTo(choice.Rung);
        }

        return reason;
    }

    /// <summary>What is on its way takes that long on a link that is known to be no faster.</summary>
    private TimeSpan UnderWay(double? capacity) =>
        _link.Estimate.IsCapacity && capacity is > 0 and var rate ? TimeSpan.FromSeconds(Math.Min(10, _link.UnderWay * 8 / rate)) : TimeSpan.Zero;

    /// <summary>The rates of all rungs, as far off what is usual as that of the present one is, which is seen.</summary>
    private void Measure(int rung)
    {
        var usual = _media.Pictures[rung].Rendition.BitsPerSecond;
        var factor = RateOf(_media.Pictures[rung]) / usual ?? 1;
        for (var i = 0; i < _rates.Length; i++)
        {
            _rates[i] = (RateOf(_media.Pictures[i]) ?? (_media.Pictures[i].Rendition.BitsPerSecond * factor)) + _media.Sound.Rendition.BitsPerSecond;
        }
    }

    /// <summary>What a rung takes where it was read last. Null: that is not in memory.</summary>
    private double? RateOf(RenditionTrack track) => track.ReadAt is { } at && track[at] is { IsComplete: true } gop
        ? gop.Bytes * 8 / (_media.Timeline.GopStart(at + 1) - _media.Timeline.GopStart(at)).TotalSeconds
        : null;
}
