using System.Buffers;
using KnSock.Media;
using KnSock.Server.Channels;
using KnSock.Server.Endpoints.Hls;
using KnSock.Server.Tests.Sessions;

namespace KnSock.Server.Tests.Endpoints.Hls;

/// <summary>The bytes of segments and parts, over the seam of a loop of an awkward length.</summary>
public class FragmentSequenceTests
{
    private static readonly Timestamp MediaStart = Timestamp.FromSeconds(1_772_600_767);

    private readonly Channel _channel;
    private readonly SegmentPlan _plan;

    public FragmentSequenceTests()
    {
        // 149 frames, 238,638.4 samples: 234 units, the last of 46.4 samples.
        var timeline = Make.Timeline(Make.Ntsc, 4.97);
        (_channel, _plan) = (FilledChannel.Create(timeline), new SegmentPlan(timeline));
    }

    [Fact]
    public void ASegmentIsItsPartsOneAfterTheOtherEachAFragmentOrMore()
    {
        foreach (var track in _channel.Media.All)
        {
            for (var number = 0; number < 7; number++)
            {
                var segment = _plan[number];
                var parts = Enumerable.Range(0, segment.Parts).SelectMany(p => Build(track, segment, p, 1)).ToArray();
                Assert.Equal(parts, Build(track, segment, 0, segment.Parts));
                Assert.Equal(parts, Build(track, segment, 0, segment.Parts));
            }
        }
    }

    [Fact]
    public void DecodingTimesAndNumbersRiseEvenlyOverTheSeamsInAllRungs()
    {
        foreach (var track in _channel.VideoTracks)
        {
            var fragments = Read(track, 0, 3 * _plan.SegmentsInPeriod);
            Assert.Equal(Enumerable.Range(1, fragments.Count).Select(n => (uint)n), fragments.Select(f => f.Number));
            Assert.All(fragments, f => Assert.Equal(1u, f.Track));
            // Two frames before the first is shown.
            Assert.Equal(MediaStart.Microseconds - 66_733, fragments[0].DecodeTime);
            Assert.Equal(3 * 149, fragments.Sum(f => f.Samples.Count));
            foreach (var (one, next) in fragments.Zip(fragments.Skip(1)))
            {
                Assert.InRange(next.DecodeTime - one.DecodeTime - one.Samples.Sum(s => s.Duration), -2, 2);
            }

            Assert.All(fragments.SelectMany(f => f.Samples), s => Assert.InRange(s.Duration, 33_365u, 33_369u));
            Assert.All(fragments.SelectMany(f => f.Samples), s => Assert.InRange(s.Offset, 0, 4 * 33_367 + 4));
            // Each segment and each GOP begins with a keyframe: five of them a turn.
            Assert.Equal(15, fragments.SelectMany(f => f.Samples).Count(s => s.IsKeyframe));
        }
    }

    [Fact]
    public void SoundKeepsItsExactDistancesWithinATurnAndTheNextTurnIsLaidOverTheEndOfItsLastUnit()
    {
        var fragments = Read(_channel.AudioTrack, 0, 3 * _plan.SegmentsInPeriod);
        Assert.Equal(Enumerable.Range(1, fragments.Count).Select(n => (uint)n), fragments.Select(f => f.Number));
        Assert.Equal(MediaStart.Microseconds / 1_000_000 * 48_000, fragments[0].DecodeTime);
        var times = new List<long>();
        foreach (var fragment in fragments)
        {
            Assert.Equal(2u, fragment.Track);
            var time = fragment.DecodeTime;
            foreach (var sample in fragment.Samples)
            {
                Assert.True(sample is { IsKeyframe: true, Offset: 0 });
                times.Add(time);
                time += sample.Duration;
            }

            Assert.All(fragment.Samples, s => Assert.Equal(1024u, s.Duration));
        }

        const int units = 234;
        Assert.Equal(3 * units, times.Count);
        for (var turn = 0; turn < 3; turn++)
        {
            Assert.All(Enumerable.Range(0, units), i => Assert.Equal(times[turn * units] + (1024 * i), times[(turn * units) + i]));
            Assert.InRange(times[turn * units] - times[0] - (turn * 238_638.4), -0.51, 0.51);
        }

        // 46.4 samples of the last unit are heard.
        Assert.InRange(times[units] - times[units - 1], 46, 47);
    }

    [Fact]
    public void DaysLaterNothingHasMoved()
    {
        var number = 30L * 86_400 / 5 * _plan.SegmentsInPeriod;
        var fragment = Read(_channel.VideoTracks[0], number, 1)[0];
        var start = _plan.StartOf(TrackKind.Video, _plan[number].FirstFrame - 2);
        Assert.InRange(fragment.DecodeTime - MediaStart.Microseconds - start.Microseconds, -1, 1);
    }

    [Fact]
    public void GopsOfAnotherPresetBringTheirParameterSetsWithTheirKeyframes()
    {
        var (track, segment) = (_channel.VideoTracks[0], _plan[0]);
        var plain = ReadFragment.All(Build(track, segment, 0, segment.Parts));
        var other = ReadFragment.All(Build(track, segment, 0, segment.Parts, Make.VideoSetup(7)));

        foreach (var (one, same) in other.Zip(plain))
        {
            var sets = one.Samples[0].IsKeyframe ? new byte[] { 0, 0, 0, 1, 0x67, 0, 0, 0, 2, 0x68, 0 } : [];
            Assert.Equal([.. sets, .. same.Data], one.Data);
            Assert.Equal(same.DecodeTime, one.DecodeTime);
        }

        Assert.Contains(other, f => f.Data.Length > 30);
    }

    private List<ReadFragment> Read(RenditionTrack track, long first, int count) =>
        ReadFragment.All(Enumerable.Range(0, count).SelectMany(i => Build(track, _plan[first + i], 0, _plan[first + i].Parts)).ToArray());

    private byte[] Build(RenditionTrack track, HlsSegment segment, int part, int count, DecoderConfiguration? init = null)
    {
        var kind = track.Rendition.Kind;
        var output = new ArrayBufferWriter<byte>();
        var media = _plan.Fragments(kind, segment, part, count).Select(r => (r, track[r.Gop]!)).ToArray();
        var fragments = new FragmentSequence(
            _channel.Timeline, MediaStart, init ?? track[0]!.Configuration, media, _plan.FragmentsBefore(kind, segment, part) + 1, output);
        for (var i = 0; i < fragments.Count; i++)
        {
            fragments.Write(i);
        }

        Assert.Equal(fragments.Length, output.WrittenCount);
        return output.WrittenSpan.ToArray();
    }
}
