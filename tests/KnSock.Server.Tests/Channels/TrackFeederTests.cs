using System.Collections.Concurrent;
using KnSock.Media;
using KnSock.Server.Encoding;

namespace KnSock.Server.Tests.Channels;

public sealed class TrackFeederTests
{
    [Fact]
    public async Task NothingRunsWithoutReaders()
    {
        await using var fed = new FedTrack(Make.Timeline(Make.Fps(30), 20));

        await Eventually.SettleAsync();

        Assert.Empty(fed.Encoder.Starts);
    }

    [Fact]
    public async Task OneRunFeedsManyReadersAndKeepsABoundedLead()
    {
        await using var fed = new FedTrack(Make.Timeline(Make.Fps(30), 20));
        using var one = fed.Track.OpenReader(0);
        using var two = fed.Track.OpenReader(0);
        using var three = fed.Track.OpenReader(1);

        await fed.HasAsync(1 + FedTrack.Lead);
        await Eventually.SettleAsync();

        Assert.Equal([0], fed.Encoder.Starts);
        Assert.Null(fed.Track[2 + FedTrack.Lead]);
        three.MoveTo(2);
        await fed.HasAsync(2 + FedTrack.Lead);
        await Eventually.SettleAsync();
        Assert.Null(fed.Track[3 + FedTrack.Lead]);
        Assert.Equal([0], fed.Encoder.Starts);
    }

    [Fact]
    public async Task ARunEndsWhenNobodyNeededItForTheGraceTime()
    {
        await using var fed = new FedTrack(Make.Timeline(Make.Fps(30), 20));
        var reader = fed.Track.OpenReader(0);
        await fed.HasAsync(FedTrack.Lead);

        reader.Dispose();
        var took = await fed.AdvanceUntilAsync(() => fed.Encoder.Running == 0, stepMs: 100);

        Assert.InRange(took, FedTrack.Grace, FedTrack.Grace * 2);
    }

    [Fact]
    public async Task AViewerThatComesBackWithinTheGraceTimeFindsTheRun()
    {
        await using var fed = new FedTrack(Make.Timeline(Make.Fps(30), 20));
        fed.Track.OpenReader(0).Dispose();
        using (fed.Track.OpenReader(0))
        {
            await fed.HasAsync(FedTrack.Lead);
        }

        await Eventually.SettleAsync();
        fed.Time.Advance(FedTrack.Grace / 2);
        using var back = fed.Track.OpenReader(2);

        await fed.HasAsync(2 + FedTrack.Lead);
        fed.Time.Advance(FedTrack.Grace * 3);
        back.MoveTo(3);
        await fed.HasAsync(3 + FedTrack.Lead);
        Assert.Equal([0], fed.Encoder.Starts);
    }

    [Fact]
    public async Task APausedReaderKeepsItsRunWithoutProgress()
    {
        await using var fed = new FedTrack(Make.Timeline(Make.Fps(30), 20));
        using var reader = fed.Track.OpenReader(0);
        await fed.HasAsync(FedTrack.Lead);

        for (var i = 0; i < 10; i++)
        {
            await Eventually.SettleAsync();
            fed.Time.Advance(TimeSpan.FromMinutes(1));
        }

        Assert.Equal(1, fed.Encoder.Running);
        Assert.Null(fed.Track[FedTrack.Lead + 1]);
    }

    [Fact]
    public async Task TheSeamIsEncodedBeforeTheReaderGetsThere()
    {
        await using var fed = new FedTrack(Make.Timeline(Make.Fps(30), 10));
        using var reader = fed.Track.OpenReader(9);

        await fed.HasAsync(9);
        await fed.HasAsync(FedTrack.Lead - 1);

        Assert.Equal([0, 9], fed.Encoder.Starts.Order());
    }

    [Theory]
    [InlineData(TrackKind.Video, 10)]
    [InlineData(TrackKind.Audio, 10)]
    [InlineData(TrackKind.Video, 0.3)]
    [InlineData(TrackKind.Audio, 3.37)]
    public async Task ALoopThatFitsInMemoryIsEncodedOnce(TrackKind kind, double seconds)
    {
        var timeline = Make.Timeline(Make.Fps(30), seconds);
        await using var fed = new FedTrack(timeline, kind);
        using var reader = fed.Track.OpenReader(0);
        for (var step = 0; step < timeline.GopCount * 20; step++)
        {
            reader.MoveTo(step % timeline.GopCount);
            await fed.HasAsync(step % timeline.GopCount);
        }

        await Eventually.SettleAsync();
        Assert.Equal(kind == TrackKind.Video ? timeline.FrameCount : timeline.FirstAudioUnit(timeline.GopCount), fed.Encoder.Made);
        Assert.Equal([0], fed.Encoder.Starts);
        Assert.Equal(0, fed.Encoder.Running);
    }

    [Fact]
    public async Task ReadersFarApartGetRunsOfTheirOwn()
    {
        await using var fed = new FedTrack(Make.Timeline(Make.Fps(30), 60));
        using var one = fed.Track.OpenReader(0);
        using var other = fed.Track.OpenReader(30);

        await fed.HasAsync(FedTrack.Lead);
        await fed.HasAsync(30 + FedTrack.Lead);
        await Eventually.SettleAsync();

        Assert.Equal([0, 30], fed.Encoder.Starts.Order());
        Assert.Equal(2, fed.Encoder.Running);
    }

    [Fact]
    public async Task ARunEndsWhereAnotherHasBeen()
    {
        var timeline = Make.Timeline(Make.Fps(30), 30);
        await using var fed = new FedTrack(timeline);
        using var ahead = fed.Track.OpenReader(10);
        await fed.HasAsync(10 + FedTrack.Lead);
        using var behind = fed.Track.OpenReader(0);

        for (var gop = 0; gop < 10; gop++)
        {
            behind.MoveTo(gop);
            await fed.HasAsync(gop);
        }

        await Eventually.TrueAsync(() => fed.Encoder.Running == 1);
        Assert.Equal([0, 10], fed.Encoder.Starts.Order());
    }

    [Fact]
    public async Task SoundWithoutAUnitInTheLastGopStartsNoRunForIt()
    {
        var timeline = Make.Timeline(Make.Fps(60), 421 / 60.0);
        Assert.Equal(0, timeline.UnitsIn(TrackKind.Audio, 7));
        await using var fed = new FedTrack(timeline, TrackKind.Audio);
        using var reader = fed.Track.OpenReader(6);

        await fed.HasAsync(6);
        await fed.HasAsync(2);
        reader.MoveTo(7);
        await Eventually.SettleAsync();

        Assert.Equal([0, 6], fed.Encoder.Starts.Order());
    }

    /// <summary>Whoever kills all encoders at once has not shown that a rendition cannot be encoded.</summary>
    [Fact]
    public async Task WhatFailsTogetherIsOneFailure()
    {
        const int runs = 3;
        var (calls, told) = (0, 0);
        using var together = new Barrier(runs);
        await using var fed = new FedTrack(Make.Timeline(Make.Fps(30), 40), prepare: encoder => encoder.BeforeUnit = (_, _) =>
        {
            if (Interlocked.Increment(ref calls) <= runs)
            {
                together.SignalAndWait(TimeSpan.FromSeconds(20));
                throw new EncoderException("killed");
            }
        });
        fed.Track.FaultChanged = () => Interlocked.Increment(ref told);
        int[] places = [0, 12, 24];
        var readers = places.Select(fed.Track.OpenReader).ToList();
        await fed.AdvanceUntilAsync(() => places.All(p => fed.Track[p] is { IsComplete: true }));

        Assert.Equal(0, Volatile.Read(ref told));
        Assert.Null(fed.Track.Fault);
        readers.ForEach(r => r.Dispose());
    }

    [Fact]
    public async Task FailuresAreRetriedAfterTwiceTheTimeAndThenReported()
    {
        var failing = true;
        var at = new ConcurrentQueue<TimeSpan>();
        FedTrack? created = null;
        await using var fed = created = new FedTrack(Make.Timeline(Make.Fps(30), 20), prepare: encoder => encoder.BeforeUnit = (_, _) =>
        {
            if (Volatile.Read(ref failing))
            {
                at.Enqueue(created!.Time.Now);
                throw new EncoderException("broken");
            }
        });
        using var reader = fed.Track.OpenReader(0);

        await fed.AdvanceUntilAsync(() => at.Count == 2);
        Assert.Null(fed.Track.Fault);
        await fed.AdvanceUntilAsync(() => at.Count == 3 && fed.Track.Fault is not null);
        Assert.Contains("broken", fed.Track.Fault, StringComparison.Ordinal);
        await fed.AdvanceUntilAsync(() => at.Count == 6);

        var times = at.ToArray();
        var waits = times.Zip(times.Skip(1), (a, b) => (b - a).TotalMilliseconds).ToArray();
        foreach (var (wait, nominal) in waits.Zip([100, 200, 400, 800, 1600]))
        {
            Assert.InRange(wait, nominal, nominal * 1.9);
        }

        Volatile.Write(ref failing, value: false);
        await fed.AdvanceUntilAsync(() => fed.Track[0] is { IsComplete: true });
        Assert.Null(fed.Track.Fault);
    }

    [Fact]
    public async Task WhateverAnEncoderThrowsTheNextRunWaits()
    {
        await using var fed = new FedTrack(
            Make.Timeline(Make.Fps(30), 20), prepare: encoder => encoder.BeforeUnit = (_, _) => throw new InvalidOperationException("a fault of ours"));
        using var reader = fed.Track.OpenReader(0);

        await Eventually.TrueAsync(() => !fed.Encoder.Starts.IsEmpty);
        await Eventually.SettleAsync();

        Assert.Single(fed.Encoder.Starts);
        await fed.AdvanceUntilAsync(() => fed.Track.Fault is not null);
    }

    [Fact]
    public async Task AGopCutShortIsAbandonedAndMadeAnew()
    {
        var failed = false;
        await using var fed = new FedTrack(Make.Timeline(Make.Fps(30), 20), prepare: encoder => encoder.BeforeUnit = (gop, unit) =>
        {
            if (gop == 1 && unit == 10 && !failed)
            {
                failed = true;
                throw new EncoderException("fell over");
            }
        });
        using var reader = fed.Track.OpenReader(0);
        await fed.HasAsync(0);
        await fed.AdvanceUntilAsync(() => fed.Track[1] is { IsComplete: true });

        Assert.Equal([0, 1], fed.Encoder.Starts);
        Assert.Null(fed.Track.Fault);
    }

    [Fact]
    public async Task StoppingEndsEveryRunAlsoOneThatWaitsToTryAgain()
    {
        var fed = new FedTrack(Make.Timeline(Make.Fps(30), 60), prepare: encoder => encoder.BeforeUnit = (gop, _) =>
        {
            if (gop == 30)
            {
                throw new EncoderException("broken");
            }
        });
        fed.Track.OpenReader(0);
        fed.Track.OpenReader(30);
        await fed.HasAsync(FedTrack.Lead);
        await Eventually.TrueAsync(() => fed.Encoder.Starts.Count == 2);

        await fed.DisposeAsync();

        Assert.Equal(0, fed.Encoder.Running);
    }
}
