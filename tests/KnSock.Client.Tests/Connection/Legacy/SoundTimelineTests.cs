using System.Buffers;
using KnSock.Client.Connection.Legacy;
using KnSock.Media;
using KnSock.Protocol.Legacy;

namespace KnSock.Client.Tests.Connection.Legacy;

public class SoundTimelineTests
{
    private const double Sent = 1.79e9;
    private const double FrameSeconds = 1024 / 44100.0;
    private const int FrameBytes = LegacyAudioFrame.WholeSize;
    private static readonly TimeSpan Now = TimeSpan.FromSeconds(50);

    [Theory]
    [InlineData(0, 0)]
    [InlineData(0.3, 0)]
    [InlineData(5, 5)]
    public void Sound_that_comes_with_the_picture_began_with_it_and_later_sound_begins_where_it_comes(double edge, double expected)
    {
        var timeline = new SoundTimeline();
        for (var i = 0; i < 3000; i++)
        {
            var unit = timeline.Place(Frame(Sent), Timestamp.FromSeconds(edge), Now)!;
            Assert.Equal(expected + (i * FrameSeconds), unit.Pts.TotalSeconds, 0.000002);
            Assert.Equal(unit.End, timeline.End);
            Assert.Equal((uint)i, unit.Sequence);
        }
    }

    [Fact]
    public void The_last_frame_of_a_file_is_as_long_as_its_samples()
    {
        var timeline = new SoundTimeline();
        timeline.Place(Frame(Sent, samples: 441), Timestamp.Zero, Now);
        Assert.Equal(new Timestamp(10_000), timeline.Place(Frame(Sent), Timestamp.Zero, Now)!.Pts);
    }

    /// <summary>In a flood the times are those of sending; how much is missing is told by bytes.</summary>
    [Theory]
    [InlineData(1, 0)]
    [InlineData(200, 0)]
    [InlineData(FrameBytes - 150, 1)]
    [InlineData(FrameBytes + 199, 1)]
    [InlineData((3 * FrameBytes) - 60, 3)]
    public void Bytes_passed_over_leave_their_place_empty(long skipped, int missing)
    {
        var timeline = new SoundTimeline();
        timeline.Place(Frame(Sent), Timestamp.Zero, Now);
        var unit = timeline.Place(Frame(Sent + 1e-5, skipped: skipped), Timestamp.Zero, Now)!;
        Assert.Equal((1 + missing) * FrameSeconds, unit.Pts.TotalSeconds, 0.000002);
        Assert.Equal((uint)(1 + missing), unit.Sequence);
        Assert.Equal(missing, timeline.Missing);
    }

    /// <summary>Where times go with the samples they know better, whatever was cut out.</summary>
    [Fact]
    public void Times_that_go_with_the_samples_tell_what_is_missing()
    {
        var timeline = new SoundTimeline();
        for (var i = 0; i < 20; i++)
        {
            timeline.Place(Frame(Sent + (i * FrameSeconds)), Timestamp.Zero, Now);
        }

        var unit = timeline.Place(Frame(Sent + (30 * FrameSeconds), skipped: 700), Timestamp.Zero, Now)!;
        Assert.Equal(30 * FrameSeconds, unit.Pts.TotalSeconds, 0.000002);
    }

    [Fact]
    public void Silence_takes_the_place_of_sound_that_is_late_and_that_comes_in_at_its_own()
    {
        var timeline = new SoundTimeline();
        timeline.Place(Frame(Sent), Timestamp.Zero, Now);
        var silence = Enumerable.Range(0, 3).Select(_ => timeline.Silence()).ToList();
        Assert.Equal(4 * FrameSeconds, timeline.End.TotalSeconds, 0.00001);
        Assert.All(silence, s => Assert.Equal(-1, s.Payload.Span.IndexOfAnyExcept((byte)0)));
        Assert.All(Enumerable.Range(0, 3), _ => Assert.Null(timeline.Place(Frame(Sent), Timestamp.Zero, Now)));
        Assert.Equal(4 * FrameSeconds, timeline.Place(Frame(Sent), Timestamp.Zero, Now)!.Pts.TotalSeconds, 0.00001);
    }

    [Fact]
    public void Sound_that_stays_behind_is_anchored_anew()
    {
        var timeline = new SoundTimeline();
        for (var i = 0; i < 100; i++)
        {
            timeline.Silence();
        }

        var placed = new List<AccessUnit>();
        for (var i = 0; i < 100; i++)
        {
            // As it comes in real time, 2.3 s too late for its place.
            var edge = Timestamp.FromSeconds(Math.Min(0.9, i) + (i * FrameSeconds));
            if (timeline.Place(Frame(Sent), edge, Now + TimeSpan.FromSeconds(i * FrameSeconds)) is { } unit)
            {
                placed.Add(unit);
            }
        }

        Assert.InRange(placed.Count, 70, 80);
        Assert.InRange(placed[0].Pts.TotalSeconds, 2.3, 2.4);
    }

    private static LegacyAudioFrame Frame(double time, int samples = 1024, long skipped = 0) =>
        new(time, new ReadOnlySequence<byte>(new byte[samples * LegacyAudioFrame.BytesPerSample]), skipped);
}
