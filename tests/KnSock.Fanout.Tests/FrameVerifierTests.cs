using System.Text.Json.Nodes;
using KnSock.Fanout.Framing;
using KnSock.Media;
using KnSock.Protocol;

namespace KnSock.Fanout.Tests;

public sealed class FrameVerifierTests
{
    [Fact]
    public void However_the_bytes_are_split_the_same_frames_come_out()
    {
        var bytes = new SentFrames().Start().Picture(0, keyframe: true).Picture(1).SoundStart().Sound(0).Mark(turnStart: 66_666).Picture(0, keyframe: true).Bytes;
        var whole = Read(bytes, bytes.Length, ConnectionTracks.Shared);
        Assert.Equal(
            [FrameKind.Mark, FrameKind.Configuration, FrameKind.AccessUnit, FrameKind.AccessUnit, FrameKind.Mark, FrameKind.Configuration, FrameKind.AccessUnit, FrameKind.Mark, FrameKind.AccessUnit],
            whole.Select(f => f.Header.Kind));
        Assert.Equal(-66_666, whole[2].DueMicroseconds);
        Assert.Equal((0, 66_666), (whole[^1].DueMicroseconds, whole[^1].StartMicroseconds));
        Assert.Equal(TrackKind.Audio, whole[6].Track);
        for (var size = 1; size < bytes.Length; size++)
        {
            Assert.Equal(whole, Read(bytes, size, ConnectionTracks.Shared));
        }

        for (var cut = 1; cut < bytes.Length; cut++)
        {
            var verifier = new FrameVerifier(ConnectionTracks.Shared);
            Assert.Equal(whole, [.. Read(verifier, bytes.AsSpan(0, cut)), .. Read(verifier, bytes.AsSpan(cut))]);
        }
    }

    [Fact]
    public void Of_the_protocols_streams_those_without_damage_are_read_and_no_other_is_read_whole()
    {
        var file = JsonNode.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "vectors", "streams.json")))!;
        var clean = 0;
        foreach (var stream in file["streams"]!.AsArray().Select(s => s!))
        {
            var bytes = Convert.FromHexString((string)stream["hex"]!);
            if ((string)stream["name"]! == "clean")
            {
                clean++;
                Assert.Equal(stream["frames"]!.AsArray().Count, Read(bytes, 7, ConnectionTracks.Picture).Count);
            }
            else if ((long)stream["skippedBytes"]! > 0)
            {
                // Enough behind it that nothing is waited for.
                byte[] followed = [.. bytes, .. new byte[8192]];
                Assert.True(Record.Exception(() => Read(followed, 7, ConnectionTracks.Picture)) is ProtocolException, (string)stream["name"]!);
            }
        }

        Assert.Equal(1, clean);
    }

    [Fact]
    public void Each_single_changed_bit_is_found()
    {
        var bytes = new SentFrames().Start().Picture(0, keyframe: true, size: 20).Bytes;
        for (var bit = 0; bit < bytes.Length * 8; bit++)
        {
            var damaged = bytes.ToArray();
            damaged[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.Throws<ProtocolException>(() => Read(damaged, 64, ConnectionTracks.Shared));
        }
    }

    [Fact]
    public void What_the_rules_of_order_allow_passes()
    {
        // The next turn; another rung at a GOP; the GOP begun again in a lower one; something left out behind a discontinuity.
        var frames = new SentFrames().Start(rendition: 1).Picture(0, keyframe: true, rendition: 1).Picture(1, rendition: 1)
            .Mark(rendition: 1, turnStart: 66_666).Picture(0, keyframe: true, rendition: 1)
            .Mark(rendition: 2, turnStart: 66_666).Configuration(rendition: 2).Picture(1, keyframe: true, rendition: 2).Picture(2, rendition: 2)
            .Mark(turnStart: 66_666).Configuration().Picture(1, keyframe: true).Picture(2).Picture(3)
            .Mark(turnStart: 999_999, discontinuity: true).Picture(40, keyframe: true).Picture(41);
        var verifier = new FrameVerifier(ConnectionTracks.Picture);
        Assert.Equal(18, Read(verifier, frames.Bytes).Count);
        Assert.Equal((2, 1), (verifier.Discontinuities, verifier.GopsBegunAgain));
    }

    public static TheoryData<string> Faults => [.. Faulty.Keys];

    private static Dictionary<string, Func<SentFrames, SentFrames>> Faulty { get; } = new(StringComparer.Ordinal)
    {
        ["no mark"] = s => s.Picture(0, keyframe: true),
        ["a first mark without discontinuity"] = s => s.Mark().Configuration().Picture(0, keyframe: true),
        ["another selection"] = s => s.Mark(discontinuity: true, selection: 2),
        ["no configuration"] = s => s.Mark(discontinuity: true).Picture(0, keyframe: true),
        ["no keyframe"] = s => s.Start().Picture(0),
        ["a lost unit"] = s => s.Start().Picture(0, keyframe: true).Picture(2),
        ["a unit twice"] = s => s.Start().Picture(0, keyframe: true).Picture(0, keyframe: true),
        ["a GOP begun again in the same rung"] = s => s.Start().Picture(0, keyframe: true).Picture(1).Mark().Picture(0, keyframe: true),
        ["another rung without a mark"] = s => s.Start().Picture(0, keyframe: true).Picture(1, rendition: 1),
        ["another rung without a configuration"] = s => s.Start().Picture(0, keyframe: true).Mark(rendition: 1).Picture(1, keyframe: true, rendition: 1),
        ["another rung without a keyframe"] = s => s.Start().Picture(0, keyframe: true).Mark(rendition: 1).Configuration(rendition: 1).Picture(1, rendition: 1),
        ["a configuration of another rung"] = s => s.Mark(discontinuity: true).Configuration(rendition: 1),
        ["a turn that does not begin with 0"] = s => s.Start().Picture(0, keyframe: true).Mark(turnStart: 66_666).Picture(1),
        ["a turn that begins before the last"] = s => s.Start().Picture(0, keyframe: true).Mark(turnStart: -1),
        ["a turn in the middle of the last"] = s => s.Start().Picture(0, keyframe: true).Picture(1).Picture(2).Mark(turnStart: 10).Picture(0, keyframe: true),
        ["a lost mark"] = s => s.Start().Picture(0, keyframe: true).Mark(sequence: 2),
        ["a discontinuity without a keyframe"] = s => s.Start().Picture(0, keyframe: true).Mark(discontinuity: true).Picture(1),
        ["sound on the picture's connection"] = s => s.SoundStart(),
    };

    [Theory]
    [MemberData(nameof(Faults))]
    public void What_they_do_not_allow_is_a_fault(string fault) =>
        Assert.Equal(ProtocolErrorCode.Unexpected, Assert.Throws<ProtocolException>(() => Read(Faulty[fault](new SentFrames()).Bytes, 50, ConnectionTracks.Picture)).Code);

    [Fact]
    public void A_recording_may_begin_again_and_a_servers_stream_may_not()
    {
        var pass = new SentFrames().Start().Picture(5, keyframe: true).Picture(6).Bytes;
        byte[] twice = [.. pass, .. pass];
        Assert.Equal(8, Read(new FrameVerifier(ConnectionTracks.Shared, isLooped: true), twice).Count);
        Assert.Throws<ProtocolException>(() => Read(twice, 50, ConnectionTracks.Shared));
    }

    private static List<VerifiedFrame> Read(byte[] bytes, int size, ConnectionTracks tracks)
    {
        var verifier = new FrameVerifier(tracks);
        return [.. bytes.Chunk(size).SelectMany(piece => Read(verifier, piece))];
    }

    private static List<VerifiedFrame> Read(FrameVerifier verifier, ReadOnlySpan<byte> bytes)
    {
        var frames = new List<VerifiedFrame>();
        while (bytes.Length > 0 && verifier.TryRead(ref bytes, out var frame))
        {
            frames.Add(frame);
        }

        return frames;
    }
}
