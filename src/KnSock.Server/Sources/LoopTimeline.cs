using KnSock.Media;

namespace KnSock.Server.Sources;

/// <summary>
/// The time of one turn of a loop: a whole number of frames in GOPs, and AAC units that begin anew with each turn. GOPs are of equal length (the
/// last may be shorter) or those of a source that is passed through. All rungs share them, so they are aligned by construction.
/// </summary>
internal sealed class LoopTimeline
{
    /// <summary>The most pictures that come before another in decoding order and behind it in presentation; the protocol allows no more.</summary>
    public const int DeepestReordering = 2;

    private readonly int _sampleRate;
    private readonly long[]? _firstFrames;

    /// <summary>A loop in GOPs of equal length.</summary>
    public LoopTimeline(FrameRate frameRate, TimeSpan duration, TimeSpan gopLength, int sampleRate)
    {
        FrameRate = frameRate;
        FrameCount = Math.Max(1, frameRate.FrameAt(Timestamp.FromTimeSpan(duration + TimeSpan.FromSeconds(0.5 / frameRate.PerSecond))));
        var interval = Math.Max(1, (int)Math.Round(gopLength.TotalSeconds * frameRate.PerSecond));
        GopFrames = interval;
        GopCount = (int)((FrameCount + interval - 1) / interval);
        _sampleRate = sampleRate;
    }

    /// <summary>A loop whose GOPs begin at these frames.</summary>
    /// <exception cref="ArgumentException">The list does not begin with 0, does not rise, or does not end before the loop does.</exception>
    public LoopTimeline(FrameRate frameRate, long frameCount, IReadOnlyList<long> firstFrames, int sampleRate)
    {
        if (firstFrames is not [0, ..] || firstFrames[^1] >= frameCount || firstFrames.Zip(firstFrames.Skip(1)).Any(pair => pair.First >= pair.Second))
        {
            throw new ArgumentException("GOPs begin with frame 0, rise, and lie within the loop", nameof(firstFrames));
        }

        (FrameRate, FrameCount, GopCount) = (frameRate, frameCount, firstFrames.Count);
        (_firstFrames, _sampleRate) = ([.. firstFrames], sampleRate);
    }

    private LoopTimeline(LoopTimeline other, int sampleRate)
    {
        (FrameRate, FrameCount, GopFrames, GopCount) = (other.FrameRate, other.FrameCount, other.GopFrames, other.GopCount);
        (_firstFrames, _sampleRate) = (other._firstFrames, sampleRate);
    }

    public FrameRate FrameRate { get; }

    /// <summary>Frames in a turn.</summary>
    public long FrameCount { get; }

    /// <summary>Frames in a GOP, but for the last of a turn. Null: they differ.</summary>
    public int? GopFrames { get; }

    /// <summary>GOPs in a turn.</summary>
    public int GopCount { get; }

    /// <summary>Length of a turn.</summary>
    public TimeSpan Duration => FrameRate.StartOf(FrameCount).SinceZero;

    /// <summary>The same loop with sound of another rate.</summary>
    public LoopTimeline WithSampleRate(int sampleRate) => new(this, sampleRate);

    /// <summary>The first sample of the sound, counted over all turns, at the start of turn <paramref name="turn"/> or behind it. Turns may differ by one sample.</summary>
    public long FirstSample(long turn)
    {
        var (samples, frames) = ((Int128)turn * FrameCount * FrameRate.Denominator * _sampleRate, (Int128)FrameRate.Numerator);
        return (long)((samples + frames - 1) / frames);
    }

    /// <summary>The GOP in which a unit of the sound begins.</summary>
    public int GopOfAudioUnit(long unit)
    {
        var gop = GopOf(Math.Min(FrameRate.FrameAt(AudioUnitStart(unit)), FrameCount - 1));
        while (gop > 0 && FirstAudioUnit(gop) > unit)
        {
            gop--;
        }

        while (gop + 1 < GopCount && FirstAudioUnit(gop + 1) <= unit)
        {
            gop++;
        }

        return gop;
    }

    /// <summary>Start of turn <paramref name="turn"/> on the channel's timeline, exact however many turns went before.</summary>
    public Timestamp TurnStart(long turn) => FrameRate.StartOf(turn * FrameCount);

    /// <summary>First frame of a GOP; of <see cref="GopCount"/>: the end.</summary>
    public long FirstFrame(int gop) => (GopFrames, _firstFrames) switch
    {
        ({ } interval, _) => Math.Min((long)gop * interval, FrameCount),
        (_, { } list) when gop < list.Length => list[gop],
        _ => FrameCount,
    };

    /// <summary>The GOP that a frame of the turn belongs to.</summary>
    public int GopOf(long frame)
    {
        if (GopFrames is { } interval)
        {
            return (int)(frame / interval);
        }

        var index = Array.BinarySearch(_firstFrames!, frame);
        return index >= 0 ? index : ~index - 1;
    }

    /// <summary>Start of a GOP within the turn; of <see cref="GopCount"/>: the end.</summary>
    public Timestamp GopStart(int gop) => FrameRate.StartOf(FirstFrame(gop));

    /// <summary>
    /// When the picture is decoded that has this number in decoding order: in all rungs alike, as if each reordered as deeply as any may, so that decoding
    /// times rise over every seam and change of rung. No picture is presented before.
    /// </summary>
    public Timestamp DecodeStart(long number) => FrameRate.StartOf(number - DeepestReordering);

    /// <summary>First AAC unit that begins in a GOP; of <see cref="GopCount"/>: the number of units in a turn.</summary>
    public long FirstAudioUnit(int gop) => AudioUnitAt(FirstFrame(gop));

    /// <summary>First AAC unit that begins at a frame's start or behind it.</summary>
    public long AudioUnitAt(long frame)
    {
        var samples = (Int128)frame * FrameRate.Denominator * _sampleRate;
        Int128 unit = (Int128)FrameRate.Numerator * AudioRendition.SamplesPerUnit;
        return (long)((samples + unit - 1) / unit);
    }

    /// <summary>Start of an AAC unit within the turn.</summary>
    public Timestamp AudioUnitStart(long unit) => Timestamp.FromUnits(unit * AudioRendition.SamplesPerUnit, _sampleRate);

    /// <summary>The units of a track that a GOP has: frames of the picture, AAC units of the sound.</summary>
    public int UnitsIn(TrackKind kind, int gop) => kind == TrackKind.Video
        ? (int)(FirstFrame(gop + 1) - FirstFrame(gop))
        : (int)(FirstAudioUnit(gop + 1) - FirstAudioUnit(gop));

    /// <summary>Splits a position on the channel's timeline into the turn and the GOP that it falls into.</summary>
    public (long Turn, int Gop) Locate(Timestamp position)
    {
        var frame = FrameRate.FrameAt(Timestamp.Max(position, Timestamp.Zero));
        return (frame / FrameCount, GopOf(frame % FrameCount));
    }
}
