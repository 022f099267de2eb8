using KnSock.Media;
using KnSock.Server.Channels;

namespace KnSock.Server.Tests.Channels;

/// <summary>What is encoded ahead of need: in which order, how far, and how it stands back.</summary>
public sealed class BackgroundFillTests
{
    [Theory]
    [InlineData(FillScope.None, new string[0])]
    [InlineData(FillScope.Watched, new[] { "90p", "stereo" })]
    [InlineData(FillScope.Likely, new[] { "90p", "180p", "stereo" })]
    [InlineData(FillScope.All, new[] { "90p", "180p", "270p", "stereo" })]
    public async Task TheScopeSaysWhatIsFilled(FillScope scope, string[] filled)
    {
        await using var channel = new StoredChannel();
        var wanted = channel.Media.All.Where(t => filled.Contains(t.Rendition.Name, StringComparer.Ordinal)).ToList();
        channel.Media.Video[0].OpenReader(6).Dispose();
        channel.Media.Audio.OpenReader(6).Dispose();
        channel.Fill(scope);

        await channel.UntilAsync(() => wanted.All(t => t.Stored!.IsComplete));
        await channel.PassAsync(TimeSpan.FromSeconds(60));

        Assert.All(channel.Media.All.Except(wanted), t => Assert.InRange(t.Stored!.Count, 0, channel.Timeline.GopCount - 1));
        Assert.All(channel.Runs.Where(r => r.Niceness == 0), r => Assert.True(r.Renditions[0].Name is "90p" or "stereo"));
    }

    [Fact]
    public async Task WhatIsPassedThroughSharesNoDecoding()
    {
        await using var channel = new StoredChannel(passesThrough: true, isFed: false);
        channel.Fill(FillScope.All);

        await channel.UntilAsync(() => channel.Media.All.All(t => t.Stored!.IsComplete));

        Assert.Contains(channel.Runs, r => r.Renditions.Select(v => v.Name).SequenceEqual(["90p", "180p"], StringComparer.Ordinal));
        Assert.All(channel.Runs, r => Assert.True(r.Renditions is [_] || r.Renditions.All(v => v is not VideoRendition { IsPassthrough: true })));
    }

    [Fact]
    public async Task WithoutViewersNothingIsEncoded()
    {
        await using var channel = new StoredChannel();
        channel.Fill(FillScope.Likely);

        await channel.PassAsync(TimeSpan.FromSeconds(60));

        Assert.Empty(channel.Runs);
    }

    [Fact]
    public async Task WhatIsWatchedComesBeforeItsNeighboursAndTheseShareADecoding()
    {
        await using var channel = new StoredChannel(isFed: false);
        using var reader = channel.Media.Video[1].OpenReader(0);
        // So far as a feeder would have it.
        for (var gop = 0; gop <= 2 * StoredChannel.Lead; gop++)
        {
            await EncodeAsync(channel, channel.Media.Video[1], gop);
        }

        channel.Fill(FillScope.Likely);
        await channel.UntilAsync(() => channel.Media.Video[0].Stored!.IsComplete);

        string[][] runs = [.. channel.Runs.Select(r => r.Renditions.Select(v => v.Name).ToArray())];
        Assert.Equal(["180p"], runs[0]);
        Assert.Contains(runs, r => r.SequenceEqual(["90p", "270p"], StringComparer.Ordinal));
        Assert.All(channel.Runs, r => Assert.Equal((19, 0.5), (r.Niceness, r.CpuShare)));
    }

    [Fact]
    public async Task ForAViewerWhoLooksInNoNeighbourIsMade()
    {
        await using var channel = new StoredChannel();
        channel.Media.Video[0].OpenReader(6).Dispose();
        channel.Fill(FillScope.Likely);
        await channel.UntilAsync(() => channel.Media.Video[0].Stored!.IsComplete);

        for (var look = 0; look < 5; look++)
        {
            using (channel.Media.Video[0].OpenReader(look))
            {
                await channel.PassAsync(TimeSpan.FromSeconds(8));
            }

            await channel.PassAsync(TimeSpan.FromSeconds(8));
        }

        Assert.Equal(0, channel.Media.Video[1].Stored!.Count);
        await channel.PassAsync(TimeSpan.FromSeconds(40));
        Assert.True(channel.Media.Video[1].Stored!.IsComplete);
    }

    [Fact]
    public async Task ABrokenSourceKeepsNoOtherFromBeingFilled()
    {
        await using var broken = new StoredChannel(isFed: false);
        await using var whole = new StoredChannel(isFed: false);
        broken.BeforePicture = (_, _) => throw new Server.Encoding.EncoderException("broken");
        broken.Media.Video[0].OpenReader(0).Dispose();
        whole.Media.Video[0].OpenReader(0).Dispose();
        whole.Fill(FillScope.Watched, broken.Media, whole.Media);

        await whole.UntilAsync(() => whole.Media.Video[0].Stored!.IsComplete);

        Assert.NotEmpty(broken.Runs);
    }

    [Fact]
    public async Task NothingIsFilledWhileAViewerWaitsForAnEncoder()
    {
        await using var channel = new StoredChannel(isFed: false);
        using var reader = channel.Media.Video[0].OpenReader(0);
        channel.Fill(FillScope.All);

        await channel.PassAsync(TimeSpan.FromSeconds(30));
        Assert.Empty(channel.Runs);

        await EncodeAsync(channel, channel.Media.Video[0], 0);
        await EncodeAsync(channel, channel.Media.Video[0], 1);
        await channel.UntilAsync(() => channel.Runs.Any());
    }

    [Fact]
    public async Task AFillThatAViewerComesNearToGivesWayToTheFeeder()
    {
        await using var channel = new StoredChannel();
        using var held = new ManualResetEventSlim();
        using var reached = new ManualResetEventSlim();
        channel.BeforePicture = (gop, unit) =>
        {
            if (gop == 14 && unit == 5 && !reached.IsSet)
            {
                reached.Set();
                held.Wait(TimeSpan.FromSeconds(20));
            }
        };
        var track = channel.Media.Video[2];
        track.OpenReader(0).Dispose();
        channel.Fill(FillScope.Watched);
        await channel.UntilAsync(() => reached.IsSet);

        using var reader = track.OpenReader(13);
        held.Set();
        await channel.UntilAsync(() => track[14] is { IsComplete: true } && track[13 + StoredChannel.Lead] is { IsComplete: true });

        Assert.Contains(channel.Runs, r => r is { FirstGop: 14, Niceness: 0 });
    }

    [Fact]
    public async Task APlaceThatIsWaitedForIsGivenUp()
    {
        await using var channel = new StoredChannel();
        channel.Media.Video[0].OpenReader(0).Dispose();
        for (var taken = 0; taken < channel.Places.Limit; taken++)
        {
            await channel.Places.TakeAsync(CancellationToken.None);
        }

        var waiting = channel.Places.TakeAsync(CancellationToken.None);
        channel.Fill(FillScope.Watched);
        await channel.PassAsync(TimeSpan.FromSeconds(20));

        Assert.Equal(channel.Runs.Count(r => r.Niceness == 0), channel.Runs.Count());
        channel.Places.GiveBack();
        await waiting;
        await channel.UntilAsync(() => channel.Media.Video[0].Stored!.IsComplete);
    }

    [Fact]
    public async Task AStoreThatTakesNothingMoreIsNotEncodedForAgainAndAgain()
    {
        await using var channel = new StoredChannel(maxBytes: 1024 * 1024, unitBytes: 20_000);
        channel.Media.Video[0].OpenReader(0).Dispose();
        channel.Fill(FillScope.Watched);

        await channel.UntilAsync(() => channel.Store.State.Condition == KnSock.Server.Store.StoreCondition.Full);
        var before = channel.Runs.Count();
        await channel.PassAsync(TimeSpan.FromMinutes(2));

        Assert.InRange(channel.Runs.Count() - before, 0, 5);
        Assert.InRange(channel.Store.Bytes, 1, 1024 * 1024);
    }

    /// <summary>Has a GOP in a track as a feeder puts it there.</summary>
    private static async Task EncodeAsync(StoredChannel channel, RenditionTrack track, int index)
    {
        var gop = track.TryBegin(index, Make.VideoSetup())!;
        for (var unit = 0; unit < channel.Timeline.UnitsIn(TrackKind.Video, index); unit++)
        {
            track.Append(gop, FakeEncoder.Unit(channel.Timeline, TrackKind.Video, index, unit));
        }

        await track.Stored!.PutAsync(gop, KnSock.Server.Store.PutPurpose.Watched, CancellationToken.None);
    }
}
