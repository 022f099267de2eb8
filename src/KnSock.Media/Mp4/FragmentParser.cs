namespace KnSock.Media.Mp4;

/// <summary>A sample as a fragment's <c>trun</c> describes it.</summary>
/// <param name="Offset">Where it begins, from the start of the <c>moof</c>.</param>
/// <param name="Size">Its length in bytes.</param>
/// <param name="Dts">Decoding time.</param>
/// <param name="Pts">Presentation time.</param>
/// <param name="Duration">Duration.</param>
/// <param name="IsKeyframe">Whether it is a sync sample.</param>
/// <param name="Track">Its track's place in the <c>moov</c>.</param>
internal readonly record struct FragmentSample(long Offset, uint Size, long Dts, long Pts, uint Duration, bool IsKeyframe, int Track);

/// <summary>Reads <c>moof</c> boxes (ISO 14496-12, 8.8.4 to 8.8.8 and 8.8.12).</summary>
/// <param name="tracks">The tracks that the <c>moov</c> announced.</param>
internal sealed class FragmentParser(IReadOnlyList<Track> tracks)
{
    /// <summary>Most samples in a fragment.</summary>
    public const int MaxSamples = 100_000;

    // Above this a sum of times could overflow; at a timescale of 1 GHz it is over 36 years.
    private const long MaxTime = 1L << 60;
    private const uint NonSyncFlag = 0x10000;

    private readonly List<FragmentSample> _samples = [];
    private readonly long[] _nextDts = new long[tracks.Count];
    private int _track;
    private long _nextOffset;
    private long _totalSize;

    /// <summary>Reads the body of a <c>moof</c>; the list is that of the fragment before, filled anew.</summary>
    /// <param name="moof">The body.</param>
    /// <param name="position">Where the box begins in the stream, for fragments that give absolute places.</param>
    public IReadOnlyList<FragmentSample> Read(ReadOnlySpan<byte> moof, long position)
    {
        _samples.Clear();
        _totalSize = 0;
        var boxes = new ByteReader(moof);
        var trafs = 0;
        while (boxes.TryReadBox(out var type, out var body))
        {
            if (type == BoxType.Traf)
            {
                ReadTrack(body, position, isFirst: trafs++ == 0);
            }
        }

        return _samples;
    }

    private void ReadTrack(ByteReader traf, long position, bool isFirst)
    {
        var defaults = ReadHeader(traf.Find(BoxType.Tfhd, "tfhd"), position, isFirst);
        if (traf.TryFind(BoxType.Tfdt, out var tfdt))
        {
            var time = tfdt.ReadFullBox().Version == 1 ? tfdt.ReadUInt64() : tfdt.ReadUInt32();
            _nextDts[_track] = time < MaxTime ? (long)time : throw new MediaFormatException("a fragment's time is beyond all measure");
        }

        var start = _nextOffset;
        while (traf.TryReadBox(out var type, out var body))
        {
            if (type == BoxType.Trun)
            {
                ReadRun(body, start, defaults);
            }
        }
    }

    private SampleDefaults ReadHeader(ByteReader tfhd, long position, bool isFirst)
    {
        var (_, flags) = tfhd.ReadFullBox();
        var track = Announced(tfhd.ReadUInt32());
        var isBaseGiven = (flags & 0x01) != 0;
        var isBaseMoof = (flags & 0x020000) != 0;
        if (isBaseGiven)
        {
            _nextOffset = (long)Math.Min(tfhd.ReadUInt64(), MaxTime) - position;
        }
        else if (isBaseMoof || isFirst)
        {
            _nextOffset = 0;
        }

        if ((flags & 0x02) != 0)
        {
            tfhd.Skip(4); // sample_description_index
        }

        return new SampleDefaults(
            (flags & 0x08) != 0 ? tfhd.ReadUInt32() : track.Defaults.Duration,
            (flags & 0x10) != 0 ? tfhd.ReadUInt32() : track.Defaults.Size,
            (flags & 0x20) != 0 ? tfhd.ReadUInt32() : track.Defaults.Flags);
    }

    private Track Announced(uint id)
    {
        for (_track = 0; _track < tracks.Count; _track++)
        {
            if (tracks[_track].Id == id)
            {
                return tracks[_track];
            }
        }

        throw new MediaFormatException("a fragment is of a track that was not announced");
    }

    private void ReadRun(ByteReader trun, long start, SampleDefaults defaults)
    {
        var (version, flags) = trun.ReadFullBox();
        var count = trun.ReadUInt32();
        if (count > MaxSamples - _samples.Count)
        {
            throw new MediaFormatException($"a fragment has more than {MaxSamples} samples");
        }

        if ((flags & 0x01) != 0)
        {
            _nextOffset = start + trun.ReadInt32();
        }

        var firstFlags = (flags & 0x04) != 0 ? trun.ReadUInt32() : default(uint?);
        for (var i = 0; i < count; i++)
        {
            var duration = (flags & 0x100) != 0 ? trun.ReadUInt32() : defaults.Duration;
            var size = (flags & 0x200) != 0 ? trun.ReadUInt32() : defaults.Size;
            var sampleFlags = (flags & 0x400) != 0 ? trun.ReadUInt32() : defaults.Flags;
            var shift = (flags & 0x800) == 0 ? 0L : version == 0 ? trun.ReadUInt32() : trun.ReadInt32();
            Add(size, duration, shift, i == 0 && firstFlags is { } first ? first : sampleFlags);
        }
    }

    private void Add(uint size, uint duration, long shift, uint flags)
    {
        _totalSize += size;
        var dts = _nextDts[_track];
        if (_totalSize > Fmp4Reader.MaxMediaData || dts >= MaxTime)
        {
            throw new MediaFormatException("a fragment's samples are beyond all measure");
        }

        _samples.Add(new FragmentSample(_nextOffset, size, dts, dts + shift, duration, (flags & NonSyncFlag) == 0, _track));
        _nextDts[_track] = dts + duration;
        _nextOffset += size;
    }
}
