using System.Buffers;
using System.Buffers.Binary;
using KnSock.Media.H264;

namespace KnSock.Media.Mp4;

/// <summary>Writes fragmented MP4 from access units as they are, for recordings and for Media Source Extensions (ISO 14496-12, 8.8).</summary>
/// <remarks>
/// <para>What is written at any moment is a whole file, so a recording that is broken off still plays.</para>
/// <para>With <see cref="AllowsVideoChange"/> the rendition may change in the middle: the sample entry is <c>avc3</c>, and each keyframe is
/// preceded by the parameter sets of its rendition (ISO 14496-15, 5.4.2), so that players can also seek to it. Without, it is <c>avc1</c> and
/// payloads are copied unchanged; under Media Source Extensions a change is then a new initialisation segment.</para>
/// <para>An MP4 cannot hold negative decoding times, and players disagree about negative composition offsets. So <see cref="Origin"/> is to lie
/// at or before the first decoding time, which with B-frames is a little before the first presentation time.</para>
/// </remarks>
/// <param name="output">Takes the bytes; nothing is held back.</param>
public sealed class Fmp4Writer(IBufferWriter<byte> output)
{
    internal const uint VideoTrackId = 1;
    internal const uint AudioTrackId = 2;
    internal const uint VideoTimescale = 1_000_000;

    private const uint KeyframeFlags = 0x02000000; // sample_depends_on: no other
    private const uint OtherFlags = 0x01010000; // sample_depends_on: others; sample_is_non_sync_sample

    // moof, mfhd, traf, tfhd, tfdt, trun, mdat, as below.
    private const int EmptyFragmentSize = 8 + 16 + 8 + 16 + 20 + 20 + 8;
    private const int SampleSize = 16;

    private readonly BoxWriter _boxes = new();
    private AvcConfiguration? _avc;
    private byte[] _parameterSets = [];
    private bool _isKeyframeDue;
    private uint _audioTimescale;
    private long _lastVideoTime = long.MinValue;
    private long _lastAudioTime = long.MinValue;

    /// <summary>Whether <see cref="ChangeVideo"/> may be called. Default false.</summary>
    public bool AllowsVideoChange { get; init; }

    /// <summary>The point on the access units' timeline that becomes the file's zero. Nothing may be decoded before it. Default zero.</summary>
    public Timestamp Origin { get; init; }

    /// <summary>
    /// Where <see cref="Origin"/> lies on the file's own timeline. It is rounded once for each track, so that units keep their exact distances from each other. Default zero.
    /// </summary>
    public Timestamp Start { get; init; }

    /// <summary>The number that the next fragment gets. Default 1.</summary>
    public uint NextFragment { get; set; } = 1;

    /// <summary>Writes the initialisation segment, <c>ftyp</c> and <c>moov</c>. At least one track is needed.</summary>
    /// <exception cref="MediaFormatException">The set-up of the picture is malformed.</exception>
    public void WriteInit(VideoConfiguration? video, AudioConfiguration? audio)
    {
        Resume(video, audio);
        _isKeyframeDue = video is not null;
        _boxes.Clear();
        InitSegment.Write(_boxes, video, audio, AllowsVideoChange ? BoxType.Avc3 : BoxType.Avc1);
        output.Write(_boxes.Written);
    }

    /// <summary>
    /// Goes on with a file whose initialisation segment was written elsewhere. With <see cref="AllowsVideoChange"/> keyframes are preceded by the parameter sets of
    /// <paramref name="video"/>, whatever those of the initialisation segment are. At least one track is needed.
    /// </summary>
    /// <exception cref="MediaFormatException">The set-up of the picture is malformed.</exception>
    public void Resume(VideoConfiguration? video, AudioConfiguration? audio)
    {
        if (video is null && audio is null)
        {
            throw new ArgumentException("a file needs a track", nameof(video));
        }

        _avc = null;
        if (video is not null)
        {
            UseVideo(AvcConfiguration.Read(video.Setup.Span));
        }

        _isKeyframeDue = false;
        _audioTimescale = (uint)(audio?.SampleRate ?? 0);
    }

    /// <summary>The pictures that follow, which begin with a keyframe, belong to another rendition.</summary>
    /// <exception cref="MediaFormatException">The set-up is malformed, or its NAL units have lengths of another size than the first one's.</exception>
    public void ChangeVideo(VideoConfiguration video)
    {
        if (!AllowsVideoChange || _avc is null)
        {
            throw new InvalidOperationException($"the rendition can change only with {nameof(AllowsVideoChange)} and a picture track");
        }

        var avc = AvcConfiguration.Read(video.Setup.Span);
        if (avc.LengthSize != _avc.LengthSize)
        {
            throw new MediaFormatException("the renditions have NAL unit lengths of different sizes");
        }

        UseVideo(avc);
    }

    /// <summary>Writes a fragment, <c>moof</c> and <c>mdat</c>.</summary>
    /// <param name="kind">The track; one of those of <see cref="WriteInit"/>.</param>
    /// <param name="units">Access units of that track in decoding order; not empty.</param>
    /// <exception cref="MediaFormatException">A time lies before <see cref="Origin"/>, decoding times do not rise, a presentation time lies before
    /// the decoding time or far behind it, or the first picture of a rendition is not a keyframe. Nothing was written.</exception>
    public void WriteFragment(TrackKind kind, IReadOnlyList<AccessUnit> units)
    {
        var timescale = kind == TrackKind.Video ? (_avc is null ? 0 : VideoTimescale) : _audioTimescale;
        if (timescale == 0)
        {
            throw new InvalidOperationException("the file has no such track");
        }

        if (units.Count == 0)
        {
            throw new ArgumentException("a fragment needs an access unit", nameof(units));
        }

        if (kind == TrackKind.Video && _isKeyframeDue && !units[0].IsKeyframe)
        {
            throw new MediaFormatException("the first picture of a rendition is not a keyframe");
        }

        ref var lastTime = ref kind == TrackKind.Video ? ref _lastVideoTime : ref _lastAudioTime;
        var samples = Describe(kind, units, timescale, lastTime);
        WriteMovieFragment(kind, samples);
        WriteMediaData(kind, units, samples.Sum(s => (long)s.Size));
        lastTime = samples[^1].Dts;
        _isKeyframeDue &= kind != TrackKind.Video;
    }

    /// <summary>Bytes that <see cref="WriteFragment"/> will write for these units.</summary>
    public long FragmentSize(TrackKind kind, IReadOnlyList<AccessUnit> units)
    {
        var size = EmptyFragmentSize + ((long)SampleSize * units.Count);
        foreach (var unit in units)
        {
            size += unit.Payload.Length + ParameterSetsFor(kind, unit);
        }

        return size;
    }

    private int ParameterSetsFor(TrackKind kind, AccessUnit unit) => kind == TrackKind.Video && unit.IsKeyframe ? _parameterSets.Length : 0;

    private void UseVideo(AvcConfiguration avc)
    {
        _avc = avc;
        _isKeyframeDue = true;
        _parameterSets = AllowsVideoChange
            ? [.. avc.SequenceParameterSets.Concat(avc.PictureParameterSets).SelectMany(set => WithLength(set, avc.LengthSize))]
            : [];
    }

    private static byte[] WithLength(ReadOnlyMemory<byte> set, int lengthSize)
    {
        var length = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(length, set.Length);
        return [.. length[^lengthSize..], .. set.Span];
    }

    /// <summary>Times and sizes as the file holds them.</summary>
    private Sample[] Describe(TrackKind kind, IReadOnlyList<AccessUnit> units, uint timescale, long lastTime)
    {
        var samples = new Sample[units.Count];
        for (var i = 0; i < samples.Length; i++)
        {
            var unit = units[i];
            var dts = Units(unit.Dts, timescale);
            var next = i + 1 < samples.Length ? Units(units[i + 1].Dts, timescale) : Units(unit.Dts + unit.Duration, timescale);
            var duration = next - dts;
            var offset = Units(unit.Pts, timescale) - dts;
            if (dts <= lastTime || dts < 0 || offset < 0 || duration is < 0 or > uint.MaxValue || offset > int.MaxValue)
            {
                throw new MediaFormatException($"access unit {unit.Sequence} has times that cannot be written: presented {unit.Pts}, decoded {unit.Dts}");
            }

            lastTime = dts;
            samples[i] = new Sample(dts, (uint)duration, (int)offset, unit.IsKeyframe, (uint)(unit.Payload.Length + ParameterSetsFor(kind, unit)));
        }

        return samples;
    }

    private long Units(Timestamp time, uint timescale) => new Timestamp(time.Microseconds - Origin.Microseconds).ToUnits(timescale) + Start.ToUnits(timescale);

    private void WriteMovieFragment(TrackKind kind, Sample[] samples)
    {
        _boxes.Clear();
        int dataOffset;
        using (_boxes.Box(BoxType.Moof))
        {
            using (_boxes.FullBox(BoxType.Mfhd))
            {
                _boxes.UInt32(NextFragment++);
            }

            using (_boxes.Box(BoxType.Traf))
            {
                using (_boxes.FullBox(BoxType.Tfhd, flags: 0x020000)) // default-base-is-moof
                {
                    _boxes.UInt32(kind == TrackKind.Video ? VideoTrackId : AudioTrackId);
                }

                using (_boxes.FullBox(BoxType.Tfdt, version: 1))
                {
                    _boxes.UInt64((ulong)samples[0].Dts);
                }

                dataOffset = WriteRun(samples);
            }
        }

        _boxes.Patch(dataOffset, (uint)_boxes.Length + 8);
        output.Write(_boxes.Written);
    }

    /// <summary>Writes the <c>trun</c>; gives the place of its data_offset.</summary>
    private int WriteRun(Sample[] samples)
    {
        using (_boxes.FullBox(BoxType.Trun, version: 1, flags: 0x000F01)) // data_offset; duration, size, flags and offset of each sample
        {
            _boxes.UInt32((uint)samples.Length);
            var dataOffset = _boxes.Length;
            _boxes.UInt32(0);
            foreach (var sample in samples)
            {
                _boxes.UInt32(sample.Duration);
                _boxes.UInt32(sample.Size);
                _boxes.UInt32(sample.IsKeyframe ? KeyframeFlags : OtherFlags);
                _boxes.Int32(sample.CompositionOffset);
            }

            return dataOffset;
        }
    }

    private void WriteMediaData(TrackKind kind, IReadOnlyList<AccessUnit> units, long size)
    {
        _boxes.Clear();
        _boxes.UInt32(checked((uint)(size + 8)));
        _boxes.UInt32(BoxType.Mdat);
        output.Write(_boxes.Written);
        foreach (var unit in units)
        {
            var payload = unit.Payload.Span;
            if (kind == TrackKind.Video && unit.IsKeyframe && _parameterSets.Length > 0)
            {
                // A delimiter has to stay the first unit of its picture.
                var delimiter = DelimiterLength(payload);
                output.Write(payload[..delimiter]);
                output.Write(_parameterSets);
                payload = payload[delimiter..];
            }

            output.Write(payload);
        }
    }

    private int DelimiterLength(ReadOnlySpan<byte> payload)
    {
        var units = new NalUnits(payload, _avc!.LengthSize).GetEnumerator();
        return units.TryMoveNext(out var isWhole) && isWhole && NalUnits.TypeOf(units.Current) == NalUnitType.AccessUnitDelimiter
            ? _avc.LengthSize + units.Current.Length
            : 0;
    }

    private readonly record struct Sample(long Dts, uint Duration, int CompositionOffset, bool IsKeyframe, uint Size);
}
