using KnSock.Media.Aac;
using KnSock.Media.H264;

namespace KnSock.Media.Mp4;

/// <summary>A track of a fragmented file, as its <c>moov</c> describes it.</summary>
internal sealed record Track
{
    /// <summary>Most tracks in a file.</summary>
    private const int MaxTracks = 64;

    public required uint Id { get; init; }

    public required uint Timescale { get; init; }

    public required DecoderConfiguration Configuration { get; init; }

    public SampleDefaults Defaults { get; init; }

    /// <summary>Reads the body of a <c>moov</c> (ISO 14496-12, 8.2.1): its tracks in order, at least one.</summary>
    public static IReadOnlyList<Track> ReadAll(ReadOnlySpan<byte> moov)
    {
        var tracks = new List<Track>();
        var boxes = new ByteReader(moov);
        while (boxes.TryReadBox(out var type, out var body))
        {
            if (type == BoxType.Trak)
            {
                tracks.Add(tracks.Count < MaxTracks ? Read(body) : throw new MediaFormatException($"the file has more than {MaxTracks} tracks"));
            }
        }

        if (tracks.Count == 0 || tracks.DistinctBy(t => t.Id).Count() < tracks.Count)
        {
            throw new MediaFormatException(tracks.Count == 0 ? "the file has no track" : "two tracks have the same number");
        }

        var defaults = ReadDefaults(moov);
        return [.. tracks.Select(t => t with { Defaults = defaults.GetValueOrDefault(t.Id) })];
    }

    private static Track Read(ByteReader trak)
    {
        var mdia = trak.Find(BoxType.Mdia, "mdia");
        return new Track
        {
            Id = ReadTrackId(trak.Find(BoxType.Tkhd, "tkhd")),
            Timescale = ReadTimescale(mdia.Find(BoxType.Mdhd, "mdhd")),
            Configuration = ReadConfiguration(mdia.Find(BoxType.Minf, "minf").Find(BoxType.Stbl, "stbl").Find(BoxType.Stsd, "stsd")),
        };
    }

    private static Dictionary<uint, SampleDefaults> ReadDefaults(ReadOnlySpan<byte> moov)
    {
        if (!new ByteReader(moov).TryFind(BoxType.Mvex, out var mvex))
        {
            throw new MediaFormatException("the file is not fragmented: it has no mvex box");
        }

        var defaults = new Dictionary<uint, SampleDefaults>();
        while (mvex.TryReadBox(out var type, out var trex))
        {
            if (type == BoxType.Trex)
            {
                trex.Skip(4); // version and flags
                var id = trex.ReadUInt32();
                trex.Skip(4); // default_sample_description_index
                defaults[id] = new SampleDefaults(trex.ReadUInt32(), trex.ReadUInt32(), trex.ReadUInt32());
            }
        }

        return defaults.Count > 0 ? defaults : throw new MediaFormatException("the mvex box has no trex");
    }

    private static uint ReadTrackId(ByteReader tkhd)
    {
        tkhd.Skip(tkhd.ReadFullBox().Version == 1 ? 16 : 8); // creation_time, modification_time
        return tkhd.ReadUInt32();
    }

    private static uint ReadTimescale(ByteReader mdhd)
    {
        mdhd.Skip(mdhd.ReadFullBox().Version == 1 ? 16 : 8); // creation_time, modification_time
        var timescale = mdhd.ReadUInt32();
        return timescale > 0 ? timescale : throw new MediaFormatException("the track's timescale is zero");
    }

    private static DecoderConfiguration ReadConfiguration(ByteReader stsd)
    {
        stsd.Skip(4 + 4); // version and flags, entry_count
        if (!stsd.TryReadBox(out var type, out var entry))
        {
            throw new MediaFormatException("the track has no sample entry");
        }

        entry.Skip(6 + 2); // reserved, data_reference_index
        switch (type)
        {
            case BoxType.Avc1 or BoxType.Avc3:
                entry.Skip(70); // the rest of VisualSampleEntry (ISO 14496-12, 12.1.3)
                return AvcConfiguration.ToVideoConfiguration(entry.Find(BoxType.AvcC, "avcC").Rest);
            case BoxType.Mp4a:
                entry.Skip(20); // the rest of AudioSampleEntry (ISO 14496-12, 12.2.3)
                return AudioSpecificConfig.ToAudioConfiguration(ElementaryStream.FindSetup(entry.Find(BoxType.Esds, "esds")));
            case BoxType.Jpeg:
                return ReadJpeg(entry);
            case BoxType.Sowt:
                return ReadSamples(entry);
            default:
                throw new MediaFormatException("the track is neither H.264, AAC, JPEG nor 16-bit samples");
        }
    }

    private static VideoConfiguration ReadJpeg(ByteReader entry)
    {
        entry.Skip(16); // version, revision, vendor, qualities
        return new VideoConfiguration { Codec = VideoConfiguration.Jpeg, Setup = default, Width = entry.ReadUInt16(), Height = entry.ReadUInt16() };
    }

    private static AudioConfiguration ReadSamples(ByteReader entry)
    {
        entry.Skip(8); // version, revision, vendor
        int channels = entry.ReadUInt16();
        var bits = entry.ReadUInt16();
        entry.Skip(4); // compression, packet size
        var rate = entry.ReadUInt32() >> 16;
        return bits == 16 && channels > 0 && rate > 0
            ? new AudioConfiguration { Codec = AudioConfiguration.Pcm, Setup = default, Channels = channels, SampleRate = (int)rate }
            : throw new MediaFormatException("the track's samples are not of 16 bits, or have no channel or rate");
    }
}
