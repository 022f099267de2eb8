using System.Text.Json.Nodes;
using KnSock.Media;

namespace KnSock.Protocol.Tests;

public class FrameVectorTests
{
    public static TheoryData<string> Frames => Vectors.Frames.Names("frames");

    public static TheoryData<string> RefusedHeaders => Vectors.Frames.Names("refusedHeaders");

    public static TheoryData<string> RefusedMarks => Vectors.Frames.Names("refusedMarks");

    public static TheoryData<string> RefusedConfigurations => Vectors.Frames.Names("refusedConfigurations");

    [Theory]
    [MemberData(nameof(Frames))]
    public void A_frame_is_read_and_written_as_the_vector_says(string name)
    {
        var vector = Vectors.Frames.Named("frames", name);
        var bytes = vector.Hex();
        var payload = bytes.AsSpan(FrameHeader.Size);
        Assert.True(FrameHeader.TryRead(bytes, out var header));
        Assert.Equal(HeaderOf(vector["header"]!.AsObject()), header);
        Assert.Equal(payload.Length, header.Length);
        Assert.Equal(header.PayloadChecksum, FrameHeader.Checksum(payload));

        var written = new byte[FrameHeader.Size];
        header.Write(written);
        Assert.Equal(bytes[..FrameHeader.Size], written);
        Assert.Equal(bytes, WriteAgain(vector, header, payload));
    }

    [Fact]
    public void A_length_at_the_cap_is_believed()
    {
        Assert.True(FrameHeader.TryRead(Vectors.Frames.Named("headers", "length-0").Hex(), out var none));
        Assert.True(FrameHeader.TryRead(Vectors.Frames.Named("headers", "length-at-cap").Hex(), out var cap));
        Assert.Equal((0, ProtocolLimits.MaxPayload), (none.Length, cap.Length));
    }

    [Theory]
    [MemberData(nameof(RefusedHeaders))]
    public void A_header_that_is_not_whole_is_refused(string name) =>
        Assert.False(FrameHeader.TryRead(Vectors.Frames.Named("refusedHeaders", name).Hex(), out _));

    [Theory]
    [MemberData(nameof(RefusedMarks))]
    public void A_mark_out_of_range_is_malformed(string name)
    {
        var payload = Vectors.Frames.Named("refusedMarks", name).Hex();
        Assert.Equal(ProtocolErrorCode.Malformed, Assert.Throws<ProtocolException>(() => _ = Mark.Read(payload).Selection).Code);
    }

    [Theory]
    [MemberData(nameof(RefusedConfigurations))]
    public void A_configuration_out_of_range_is_malformed(string name)
    {
        var payload = Vectors.Frames.Named("refusedConfigurations", name).Hex();
        Assert.Equal(ProtocolErrorCode.Malformed, Assert.Throws<ProtocolException>(() => ConfigurationPayload.Read(payload).Codec.Length).Code);
    }

    [Fact]
    public void A_configuration_over_its_limit_is_malformed()
    {
        var setup = new byte[ConfigurationPayload.MaxSize];
        var payload = ConfigurationPayload.Write(new VideoConfiguration { Codec = "avc1", Setup = setup, Width = 2, Height = 2 });
        Assert.Throws<ProtocolException>(() => ConfigurationPayload.Read(payload).Codec.Length);
        Assert.Equal(ConfigurationPayload.MaxSize, ConfigurationPayload.Read(payload.AsSpan(0, ConfigurationPayload.MaxSize)).Setup.Length + 14);
    }

    [Fact]
    public void A_payload_over_the_limit_is_never_written()
    {
        var unit = new AccessUnit
        {
            Kind = TrackKind.Video,
            Sequence = 0,
            Pts = default,
            Dts = default,
            Duration = default,
            IsKeyframe = true,
            Payload = new byte[ProtocolLimits.MaxPayload + 1],
        };
        Assert.Equal(ProtocolErrorCode.TooLong, Assert.Throws<ProtocolException>(() => FrameWriter.AccessUnit(unit, 0).Length).Code);
        var longest = unit with { Payload = unit.Payload[1..] };
        Assert.True(FrameHeader.TryRead(FrameWriter.AccessUnit(longest, 0), out _));
    }

    [Fact]
    public void The_checksum_is_crc32c() => Assert.Equal(0xE3069283u, FrameHeader.Checksum("123456789"u8));

    private static FrameHeader HeaderOf(JsonObject vector) => new()
    {
        Kind = (FrameKind)(byte)vector["kind"]!,
        Flags = (FrameFlags)(byte)vector["flags"]!,
        Rendition = (byte)vector["rendition"]!,
        Sequence = (uint)vector["sequence"]!,
        Length = (int)vector["length"]!,
        Pts = new Timestamp(vector.Time("pts")),
        Dts = new Timestamp(vector.Time("dts")),
        DurationMicroseconds = (uint)vector["duration"]!,
        PayloadChecksum = (uint)vector["payloadChecksum"]!,
    };

    /// <summary>The frame as the writer makes it from what the vector says the payload means.</summary>
    private static byte[] WriteAgain(JsonObject vector, FrameHeader header, ReadOnlySpan<byte> payload)
    {
        if (vector["message"] is { } message)
        {
            return FrameWriter.Message(System.Text.Encoding.UTF8.GetBytes((string)message!));
        }

        if (vector["mark"]?.AsObject() is { } mark)
        {
            var expected = new Mark
            {
                Selection = (uint)mark["selection"]!,
                TurnStart = new Timestamp(mark.Time("turnStart")),
                SendTime = new Timestamp(mark.Time("sendTime")),
                LiveEdge = new Timestamp(mark.Time("liveEdge")),
            };
            Assert.Equal(expected, Mark.Read(payload));
            if (payload.Length == Mark.Size)
            {
                var frame = new byte[FrameWriter.MarkSize];
                FrameWriter.Mark(frame, expected, header.Flags.HasFlag(FrameFlags.Audio) ? TrackKind.Audio : TrackKind.Video, header.Rendition, header.Sequence, header.Flags.HasFlag(FrameFlags.Discontinuity));
                return frame;
            }
        }
        else if (vector["configuration"]?.AsObject() is { } configuration)
        {
            var read = ConfigurationPayload.Read(payload);
            AssertIs(configuration, read);
            return FrameWriter.Configuration(read, header.Rendition);
        }
        else if (header.Kind == FrameKind.AccessUnit)
        {
            return FrameWriter.AccessUnit(UnitOf(header, payload.ToArray()), header.Rendition);
        }

        var bytes = new byte[FrameHeader.Size];
        header.Write(bytes);
        return [.. bytes, .. payload];
    }

    private static void AssertIs(JsonObject expected, DecoderConfiguration actual)
    {
        Assert.Equal(expected.Text("codec"), actual.Codec);
        Assert.Equal(expected.Hex("setup"), actual.Setup.ToArray());
        if (expected.Text("kind") == "video")
        {
            var video = Assert.IsType<VideoConfiguration>(actual);
            Assert.Equal(((int)expected["width"]!, (int)expected["height"]!), (video.Width, video.Height));
        }
        else
        {
            var audio = Assert.IsType<AudioConfiguration>(actual);
            Assert.Equal(((int)expected["sampleRate"]!, (int)expected["channels"]!), (audio.SampleRate, audio.Channels));
        }
    }

    private static AccessUnit UnitOf(FrameHeader header, byte[] payload) => new()
    {
        Kind = header.Flags.HasFlag(FrameFlags.Audio) ? TrackKind.Audio : TrackKind.Video,
        Sequence = header.Sequence,
        Pts = header.Pts,
        Dts = header.Dts,
        Duration = TimeSpan.FromMicroseconds(header.DurationMicroseconds),
        IsKeyframe = header.Flags.HasFlag(FrameFlags.Keyframe),
        Payload = payload,
    };
}
