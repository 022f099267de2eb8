using System.Buffers.Binary;
using System.Runtime.InteropServices;
using KnSock.Media;
using KnSock.Protocol.Legacy;
using KnSock.Server.Adaptation;
using KnSock.Server.Channels;
using KnSock.Server.Diagnostics;
using KnSock.Server.Endpoints.Legacy;
using KnSock.Server.Loops;

namespace KnSock.Server.Tests.Endpoints.Legacy;

/// <summary>What goes out to a kn-sock client and when, on virtual time.</summary>
public sealed class LegacyFeedTests : IDisposable
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(5);

    private readonly ServerMetrics _metrics = new(factory: null);
    private readonly ByteSink _sink = new();
    private readonly List<(double At, double Time, long Frame, int Rung)> _pictures = [];
    private TimeSpan _now = TimeSpan.FromSeconds(100);

    public void Dispose() => _metrics.Dispose();

    [Theory]
    [InlineData(30, 1, 2.0)]
    [InlineData(30_000, 1001, 1.0344)]
    [InlineData(25, 1, 0.04)]
    public void PicturesComeOneByOneInRealTimeOverAllSeams(int numerator, int denominator, double seconds)
    {
        var media = FilledLegacy.Create(new FrameRate(numerator, denominator), seconds);
        using var feed = Begin(media);
        Pass(feed, 20);

        Assert.Equal(_pictures.Count, feed.Sent);
        Assert.Equal(0, feed.LeftOut);
        var interval = (double)denominator / numerator;
        var first = (long)Math.Round(_pictures[0].Time / interval);
        Assert.All(_pictures.Index(), p =>
        {
            Assert.Equal((first + p.Index) * interval, p.Item.Time, 2e-6);
            Assert.Equal((first + p.Index) % media.Timeline.FrameCount, p.Item.Frame);
        });
        // All that is sent ahead at once, then each when it is due.
        var lead = LegacyPace.PictureLead.TotalSeconds;
        Assert.All(_pictures, p => Assert.InRange(p.Time - p.At, -interval - 1e-6, lead + 1e-6));
        Assert.All(_pictures.Where(p => p.At > 101), p => Assert.InRange(p.Time - p.At, lead - 0.011, lead + 1e-6));
    }

    [Fact]
    public void OfWhatALinkDoesNotCarrySomeIsLeftOutEvenlyAndNothingIsOld()
    {
        var media = FilledLegacy.Create(Make.Fps(30), 5);
        using var feed = Begin(media);
        Pass(feed, 2);
        var before = _pictures.Count;
        // A third of what there is.
        Pass(feed, 20, bytesPerSecond: 10 * 1012);

        var late = _pictures.Skip(before).ToList();
        Assert.InRange(late.Count, 180, 220);
        Assert.InRange(feed.LeftOut, 350, 420);
        Assert.All(late, p => Assert.True(p.At - p.Time < 0.3, $"{p}"));
        Assert.All(late.Zip(late.Skip(1)), pair => Assert.InRange(pair.Second.Time - pair.First.Time, 0.03, 0.3));
        Assert.True(feed.Waiting > LegacyRungChoice.Backlog);

        Pass(feed, 3);
        Assert.Equal(TimeSpan.Zero, feed.Waiting);
        Assert.All(_pictures.TakeLast(30).Zip(_pictures.TakeLast(29)), pair => Assert.Equal(1 / 30.0, pair.Second.Time - pair.First.Time, 1e-5));
    }

    [Fact]
    public void AViewerThatWasAwayIsSentTheNewest()
    {
        var media = FilledLegacy.Create(Make.Fps(30), 5);
        using var feed = Begin(media);
        Pass(feed, 2);
        Pass(feed, 5, bytesPerSecond: 0);
        var before = _pictures.Count;
        Pass(feed, 1);

        // Also what waited whole, of which nothing had gone out, is hardly older than its time.
        Assert.All(_pictures.Skip(before), p => Assert.True(p.At - p.Time < 0.12, $"{p}"));
        Assert.True(_pictures[^1].Time - _pictures[^1].At > 0.3, $"{_pictures[^1]}");
    }

    [Fact]
    public void AnotherRungBeginsWithAnyPictureOnceItIsThere()
    {
        var media = FilledLegacy.Create(Make.Fps(30), 6, isFilled: false);
        for (var gop = 0; gop < media.Timeline.GopCount; gop++)
        {
            FilledLegacy.Fill(media.Pictures[0], gop);
        }

        using var feed = Begin(media);
        Pass(feed, 1.5);
        feed.ChangeTo(1);
        Pass(feed, 1);
        Assert.True(feed.IsChanging);
        Assert.True(media.Pictures[1].IsRead);
        Assert.All(_pictures, p => Assert.Equal(0, p.Rung));

        for (var gop = 0; gop < media.Timeline.GopCount; gop++)
        {
            FilledLegacy.Fill(media.Pictures[1], gop);
        }

        Pass(feed, 1);

        Assert.Equal(1, feed.Rung);
        Assert.False(feed.IsChanging);
        Assert.False(media.Pictures[0].IsRead);
        Assert.Equal(1, _pictures[^1].Rung);
        Assert.All(_pictures.Zip(_pictures.Skip(1)), pair => Assert.Equal(1 / 30.0, pair.Second.Time - pair.First.Time, 1e-5));
    }

    [Theory]
    [InlineData(30_000, 1001, 1.0344)]
    [InlineData(30, 1, 2.0)]
    [InlineData(24_000, 1001, 4.97)]
    [InlineData(30, 1, 0.034)]
    public void EachSampleOfEachTurnComesOnceAndInTime(int numerator, int denominator, double seconds)
    {
        var media = FilledLegacy.Create(new FrameRate(numerator, denominator), seconds);
        var timeline = media.Timeline;
        using var feed = new SoundFeed(media, _sink, _metrics);
        var position = Timestamp.FromSeconds(7.25);
        Assert.True(feed.Prepare(position));
        feed.Begin(position);
        var sample = position.ToUnits(LegacyAudioFrame.SampleRate);
        var turn = timeline.Locate(position).Turn;
        var end = position + TimeSpan.FromSeconds(30);
        for (var live = position; live < end; live += TimeSpan.FromMilliseconds(10))
        {
            feed.Send(live, live.SinceZero);
            while (_sink.Take(LegacyAudioFrame.WholeSize) is { } piece)
            {
                var header = LegacyAudioHeader.Read(piece);
                var time = header.Time;
                Assert.True(header.IsMagic);
                Assert.Equal(4096u, header.Length);
                Assert.Equal(sample / 44_100.0, time, 1e-5);
                Assert.InRange(live.TotalSeconds - time, -LegacyPace.SoundLead.TotalSeconds - 1e-5, 0.02);
                foreach (var number in MemoryMarshal.Cast<byte, uint>(piece.AsSpan(LegacyAudioHeader.Size)))
                {
                    turn += sample >= timeline.FirstSample(turn + 1) ? 1 : 0;
                    Assert.Equal(sample - timeline.FirstSample(turn), number);
                    sample++;
                }
            }
        }

        Assert.InRange(sample - position.ToUnits(LegacyAudioFrame.SampleRate), 44_100 * 30, 44_100 * 30.2);
    }

    [Fact]
    public void SoundThatWasHeldUpGoesOnWhereTheBroadcastIs()
    {
        var media = FilledLegacy.Create(Make.Fps(30), 5);
        using var feed = new SoundFeed(media, _sink, _metrics);
        feed.Begin(Timestamp.FromSeconds(2));
        feed.Send(Timestamp.FromSeconds(2), TimeSpan.Zero);
        _sink.Room = 0;
        feed.Send(Timestamp.FromSeconds(4), TimeSpan.Zero);
        _sink.Room = long.MaxValue;
        var times = new List<double>();
        feed.Send(Timestamp.FromSeconds(9), TimeSpan.Zero);
        while (_sink.Take(LegacyAudioFrame.WholeSize) is { } piece)
        {
            times.Add(LegacyAudioHeader.Read(piece).Time);
        }

        Assert.InRange(times[^1], 9, 9 + LegacyPace.SoundLead.TotalSeconds);
        Assert.DoesNotContain(times, t => t is > 2.2 and < 9);
    }

    private PictureFeed Begin(LegacyMedia media)
    {
        var feed = new PictureFeed(media, _sink, () => 0, new Segments(), _metrics);
        Assert.True(feed.Prepare(Timestamp.FromTimeSpan(_now), rung: 0));
        feed.Begin(_now);
        return feed;
    }

    /// <summary>Time passes; the broadcast's zero is that of the clock.</summary>
    private void Pass(PictureFeed feed, double seconds, double? bytesPerSecond = null)
    {
        _sink.Room = bytesPerSecond is null ? long.MaxValue : 0;
        for (var end = _now + TimeSpan.FromSeconds(seconds); _now < end; _now += Step)
        {
            _sink.Room += bytesPerSecond is { } rate ? (long)(rate * Step.TotalSeconds) : 0;
            feed.Send(Timestamp.FromTimeSpan(_now), _now);
            while (_sink.Take(LegacyPictureHeader.Size + 1000) is { } picture)
            {
                var header = LegacyPictureHeader.Read(picture);
                Assert.Equal(1000u, header.Length);
                _pictures.Add((
                    _now.TotalSeconds,
                    header.Time,
                    BinaryPrimitives.ReadInt64BigEndian(picture.AsSpan(12)),
                    picture[20]));
            }
        }
    }
}
