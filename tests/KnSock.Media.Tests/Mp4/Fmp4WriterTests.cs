using System.Buffers;
using KnSock.Media.H264;
using KnSock.Media.Mp4;

namespace KnSock.Media.Tests.Mp4;

public class Fmp4WriterTests
{
    [Fact]
    public void A_picture_track_keeps_payloads_and_times()
    {
        var (video, units) = Read<VideoConfiguration>(Ffmpeg.Video, TrackKind.Video);
        var written = Write(writer =>
        {
            writer.WriteInit(video, audio: null);
            WriteInFragments(writer, TrackKind.Video, units, 7);
        });

        var (again, reread) = Read<VideoConfiguration>(written, TrackKind.Video);
        Assert.Equal(video.Setup.ToArray(), again.Setup.ToArray());
        AssertSame(units, reread);
        Assert.Equal(Ffmpeg.Decode(Ffmpeg.Video).Select(Hash), Ffmpeg.Decode(written).Select(Hash), StringComparer.Ordinal);
    }

    [Fact]
    public void A_sound_track_keeps_payloads_and_times()
    {
        var (audio, units) = Read<AudioConfiguration>(Ffmpeg.Audio, TrackKind.Audio);
        var written = Write(writer =>
        {
            writer.WriteInit(video: null, audio);
            WriteInFragments(writer, TrackKind.Audio, units, 5);
        });

        var (again, reread) = Read<AudioConfiguration>(written, TrackKind.Audio);
        Assert.Equal(audio.Setup.ToArray(), again.Setup.ToArray());
        AssertSame(units, reread);
        Assert.Equal(Ffmpeg.Decode(Ffmpeg.Audio).Select(Hash), Ffmpeg.Decode(written).Select(Hash), StringComparer.Ordinal);
    }

    [Fact]
    public void Negative_decoding_times_need_an_earlier_origin_and_leave_presentation_times_as_they_are()
    {
        var (video, units) = Read<VideoConfiguration>(Ffmpeg.Video, TrackKind.Video);
        var back = units[0].Pts - Timestamp.Zero;
        var moved = units.Select(u => u with { Pts = u.Pts - back, Dts = u.Dts - back }).ToList();
        Assert.True(moved[0].Dts < Timestamp.Zero);
        Assert.Throws<MediaFormatException>(() => Write(writer =>
        {
            writer.WriteInit(video, audio: null);
            writer.WriteFragment(TrackKind.Video, moved);
        }));
        var origin = Timestamp.FromSeconds(-1);
        var written = Write(
            writer =>
            {
                writer.WriteInit(video, audio: null);
                WriteInFragments(writer, TrackKind.Video, moved, 7);
            },
            origin: origin);

        var times = Ffmpeg.Probe("-show_entries packet=pts,dts -of csv=p=0", written).Select(line => line.Split(',').Select(long.Parse).ToList());
        Assert.Equal(moved.Select(u => (u.Pts.Microseconds + 1_000_000, u.Dts.Microseconds + 1_000_000)), times.Select(t => (t[0], t[1])));
        Ffmpeg.Decode(written);
    }

    [Fact]
    public void A_recording_that_begins_late_begins_near_zero_with_sound_and_picture_together()
    {
        var (video, pictures) = Read<VideoConfiguration>(Ffmpeg.Video, TrackKind.Video);
        var (audio, sounds) = Read<AudioConfiguration>(Ffmpeg.Audio, TrackKind.Audio);
        var later = TimeSpan.FromDays(40);
        var origin = pictures[0].Dts + later;
        var sound = sounds.Select(u => u with { Pts = u.Pts + later, Dts = u.Dts + later }).Where(u => u.Pts >= origin).ToList();
        var picture = pictures.Select(u => u with { Pts = u.Pts + later, Dts = u.Dts + later }).ToList();
        var written = Write(
            writer =>
            {
                writer.WriteInit(video, audio);
                for (var gop = 0; gop < 3; gop++)
                {
                    writer.WriteFragment(TrackKind.Video, picture.Skip(gop * 30).Take(30).ToList());
                    var part = sound.Skip(gop * 45).Take(45).ToList();
                    if (part.Count > 0)
                    {
                        writer.WriteFragment(TrackKind.Audio, part);
                    }
                }
            },
            origin: origin);

        var format = Ffmpeg.Probe("-show_entries stream=codec_type,codec_tag_string,start_time,width,height,channels -of compact=p=0", written);
        Assert.Equal(2, format.Length);
        Assert.Contains("codec_type=video|codec_tag_string=avc1|width=642|height=362|start_time=0.066667", format, StringComparer.Ordinal);
        Assert.StartsWith("codec_type=audio|codec_tag_string=mp4a|channels=2|start_time=0.000000", format[1], StringComparison.Ordinal);
        Assert.Equal(90, Ffmpeg.Decode(written, "-map 0:v").Length);
        Assert.Equal(sound.Count, Ffmpeg.Decode(written, "-map 0:a").Length);
    }

    [Fact]
    public void The_rendition_changes_in_the_middle_and_back()
    {
        var (large, largeUnits) = Read<VideoConfiguration>(Ffmpeg.Video, TrackKind.Video);
        var (small, smallUnits) = Read<VideoConfiguration>(Ffmpeg.SmallVideo, TrackKind.Video);
        var written = Write(
            writer =>
            {
                writer.WriteInit(large, audio: null);
                writer.WriteFragment(TrackKind.Video, largeUnits[..30]);
                writer.ChangeVideo(small);
                WriteInFragments(writer, TrackKind.Video, smallUnits[30..60], 4);
                writer.ChangeVideo(large);
                writer.WriteFragment(TrackKind.Video, largeUnits[60..]);
            },
            allowsChange: true);

        // Every picture is that of its rendition, bit by bit, without a complaint of the decoder.
        var largePictures = Ffmpeg.Decode(Ffmpeg.Video).Select(Hash).ToList();
        var smallPictures = Ffmpeg.Decode(Ffmpeg.SmallVideo).Select(Hash).ToList();
        var pictures = Ffmpeg.Decode(written, "-autoscale 0").Select(Hash).ToList();
        Assert.Equal([.. largePictures[..30], .. smallPictures[30..60], .. largePictures[60..]], pictures, StringComparer.Ordinal);

        // Seeking to the other rendition finds its parameter sets.
        Assert.Equal(smallPictures[42..52], SeekTo(written, seconds: 1.4, count: 10));
        Assert.Equal(largePictures[72..82], SeekTo(written, seconds: 2.4, count: 10));
        Assert.Equal(largePictures[12..22], SeekTo(written, seconds: 0.4, count: 10));
    }

    [Fact]
    public void Parameter_sets_come_before_the_payload_and_behind_a_delimiter()
    {
        var (video, units) = Read<VideoConfiguration>(Ffmpeg.Video, TrackKind.Video);
        byte[] delimiter = [0, 0, 0, 2, 9, 0x10];
        var first = units[0] with { Payload = (byte[])[.. delimiter, .. units[0].Payload.Span] };
        var written = Write(
            writer =>
            {
                writer.WriteInit(video, audio: null);
                writer.WriteFragment(TrackKind.Video, [first, units[1]]);
            },
            allowsChange: true);
        var (_, reread) = Read<VideoConfiguration>(written, TrackKind.Video);
        var types = new List<NalUnitType>();
        foreach (var unit in new NalUnits(reread[0].Payload.Span, 4))
        {
            types.Add(NalUnits.TypeOf(unit));
        }

        Assert.Equal([NalUnitType.AccessUnitDelimiter, NalUnitType.SequenceParameterSet, NalUnitType.PictureParameterSet], types[..3]);
        Assert.True(reread[0].Payload.Span.EndsWith(units[0].Payload.Span));
        Assert.Equal(units[1].Payload.ToArray(), reread[1].Payload.ToArray());
    }

    [Theory]
    [InlineData(TrackKind.Video)]
    [InlineData(TrackKind.Audio)]
    public void Fragments_that_writers_of_their_own_write_are_one_file_at_another_start(TrackKind kind)
    {
        var (video, pictures) = Read<VideoConfiguration>(Ffmpeg.Video, TrackKind.Video);
        var (audio, sound) = Read<AudioConfiguration>(Ffmpeg.Audio, TrackKind.Audio);
        var units = kind == TrackKind.Video ? pictures : sound;
        var output = new ArrayBufferWriter<byte>();
        new Fmp4Writer(output).WriteInit(kind == TrackKind.Video ? video : null, kind == TrackKind.Audio ? audio : null);
        // In the middle of a sample: it is rounded once.
        var start = new Timestamp(1_772_600_767_000_010);
        foreach (var (number, part) in units.Chunk(7).Index())
        {
            // With parameter sets now and then, as where the set-up is another.
            var writer = new Fmp4Writer(output) { Start = start, NextFragment = (uint)number, AllowsVideoChange = number % 3 == 1 };
            writer.Resume(kind == TrackKind.Video ? video : null, kind == TrackKind.Audio ? audio : null);
            var (length, size) = (output.WrittenCount, writer.FragmentSize(kind, part));
            writer.WriteFragment(kind, part);
            Assert.Equal(size, output.WrittenCount - length);
            Assert.Equal((uint)number + 1, writer.NextFragment);
        }

        var reader = new Fmp4Reader();
        var samples = Fmp4Reading.ReadAll(output.WrittenSpan.ToArray(), reader);
        Assert.Equal(units.Count, samples.Count);
        var shift = start.ToUnits(reader.Timescale);
        Assert.Equal(units.Select(u => (u.Dts.ToUnits(reader.Timescale) + shift, u.Pts.ToUnits(reader.Timescale) + shift)), samples.Select(s => (s.Dts, s.Pts)));
        var original = kind == TrackKind.Video ? Ffmpeg.Video : Ffmpeg.Audio;
        Assert.Equal(Ffmpeg.Decode(original).Select(Hash), Ffmpeg.Decode(output.WrittenSpan.ToArray()).Select(Hash), StringComparer.Ordinal);
    }

    [Fact]
    public void Times_that_a_file_cannot_hold_are_refused_and_nothing_is_written()
    {
        var (video, units) = Read<VideoConfiguration>(Ffmpeg.Video, TrackKind.Video);
        var output = new ArrayBufferWriter<byte>();
        var writer = new Fmp4Writer(output);
        writer.WriteInit(video, audio: null);
        var length = output.WrittenCount;
        Assert.Throws<MediaFormatException>(() => writer.WriteFragment(TrackKind.Video, [units[1]])); // not a keyframe
        Assert.Throws<MediaFormatException>(() => writer.WriteFragment(TrackKind.Video, [units[0], units[0]]));
        Assert.Throws<MediaFormatException>(() => writer.WriteFragment(TrackKind.Video, [units[0] with { Pts = new Timestamp(-1) }]));
        Assert.Throws<MediaFormatException>(() => writer.WriteFragment(TrackKind.Video, [units[0] with { Pts = new Timestamp(1L << 50) }]));
        Assert.Throws<InvalidOperationException>(() => writer.WriteFragment(TrackKind.Audio, [units[0]]));
        Assert.Throws<InvalidOperationException>(() => writer.ChangeVideo(video));
        Assert.Equal(length, output.WrittenCount);
        writer.WriteFragment(TrackKind.Video, units[..30]);
        Assert.Throws<MediaFormatException>(() => writer.WriteFragment(TrackKind.Video, units[..30]));
        writer.WriteFragment(TrackKind.Video, units[30..]);
        AssertSame(units, Read<VideoConfiguration>(output.WrittenSpan.ToArray(), TrackKind.Video).Units);
    }

    private static List<string> SeekTo(byte[] file, double seconds, int count) =>
        Ffmpeg.Decode(file, $"-frames:v {count} -autoscale 0", $"-ss {seconds}").Select(Hash).ToList();

    private static string Hash(string line) => line.Split(',')[^1].Trim();

    private static void WriteInFragments(Fmp4Writer writer, TrackKind kind, List<AccessUnit> units, int size)
    {
        foreach (var part in units.Chunk(size))
        {
            writer.WriteFragment(kind, part);
        }
    }

    private static byte[] Write(Action<Fmp4Writer> write, bool allowsChange = false, Timestamp origin = default)
    {
        var output = new ArrayBufferWriter<byte>();
        write(new Fmp4Writer(output) { AllowsVideoChange = allowsChange, Origin = origin });
        return output.WrittenSpan.ToArray();
    }

    private static (T Configuration, List<AccessUnit> Units) Read<T>(byte[] stream, TrackKind kind)
        where T : DecoderConfiguration
    {
        var reader = new Fmp4Reader();
        var samples = Fmp4Reading.ReadAll(stream, reader);
        var units = samples.Index().Select(s => new AccessUnit
        {
            Kind = kind,
            Sequence = (uint)s.Index,
            Pts = Timestamp.FromUnits(s.Item.Pts, reader.Timescale),
            Dts = Timestamp.FromUnits(s.Item.Dts, reader.Timescale),
            Duration = Timestamp.FromUnits(s.Item.Dts + s.Item.Duration, reader.Timescale) - Timestamp.FromUnits(s.Item.Dts, reader.Timescale),
            IsKeyframe = s.Item.IsKeyframe,
            Payload = s.Item.Payload,
        });
        return (Assert.IsType<T>(reader.Configuration), units.ToList());
    }

    private static void AssertSame(List<AccessUnit> expected, List<AccessUnit> actual)
    {
        Assert.Equal(expected.Select(Describe), actual.Select(Describe));
        Assert.All(expected.Zip(actual), pair => Assert.True(pair.First.Payload.Span.SequenceEqual(pair.Second.Payload.Span)));
    }

    private static (Timestamp Pts, Timestamp Dts, TimeSpan Duration, bool IsKeyframe) Describe(AccessUnit unit) =>
        (unit.Pts, unit.Dts, unit.Duration, unit.IsKeyframe);
}
