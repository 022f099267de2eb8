using KnSock.Server.Channels;
using KnSock.Server.Store;
using KnSock.Server.Tests.Store;

namespace KnSock.Server.Tests.Channels;

/// <summary>What was encoded once is played from the disk, and nothing else than what was encoded.</summary>
public sealed class StoredTrackTests : IDisposable
{
    private readonly string _folder = TestStore.NewFolder();

    public void Dispose() => TestStore.Delete(_folder);

    [Fact]
    public async Task AfterATurnNothingIsEncodedAgainNotEvenByTheNextServer()
    {
        await EncodeTurnAsync();
        await using var next = new StoredChannel(_folder);
        var track = next.Media.Video[0];

        await next.ReadTurnAsync(track);
        await next.ReadTurnAsync(track);

        Assert.Empty(next.Runs);
        for (var gop = 0; gop < next.Timeline.GopCount; gop++)
        {
            Assert.Equal(
                Enumerable.Range(0, 10).Select(unit => FakeEncoder.Unit(next.Timeline, Media.TrackKind.Video, gop, unit) with { Payload = default }),
                track[gop]!.ToStored().Units.Select(u => u with { Payload = default }));
        }
    }

    [Fact]
    public async Task ADamagedGopIsEncodedAgainAndNothingButThat()
    {
        await EncodeTurnAsync();
        await using var next = new StoredChannel(_folder);
        var track = next.Media.Video[0];
        var path = next.PathOf(track, 7);
        var bytes = await File.ReadAllBytesAsync(path);
        bytes[bytes.Length / 2] ^= 4;
        await File.WriteAllBytesAsync(path, bytes);

        await next.ReadTurnAsync(track);
        await next.UntilAsync(() => File.Exists(path));

        Assert.Equal([7], next.Runs.Select(r => r.FirstGop));
    }

    [Fact]
    public async Task AGopWithAnotherNumberOfUnitsIsNotPlayed()
    {
        await EncodeTurnAsync();
        await using var next = new StoredChannel(_folder);
        var track = next.Media.Video[0];
        using (var reader = track.OpenReader(2))
        {
            await next.UntilAsync(() => track[2] is { IsComplete: true });
            var whole = track[2]!.ToStored();
            await track.Stored!.PutAsync(Short(whole), PutPurpose.Watched, CancellationToken.None);
        }

        await using var third = new StoredChannel(_folder);
        await third.ReadTurnAsync(third.Media.Video[0]);

        Assert.Equal([2], third.Runs.Select(r => r.FirstGop));
        Assert.Equal(10, third.Media.Video[0][2]!.Count);
    }

    [Fact]
    public async Task ARunEndsWhereTheStoreGoesOn()
    {
        await EncodeTurnAsync();
        await using (var before = new StoredChannel(_folder))
        {
            foreach (var gop in new[] { 4, 5, 11 })
            {
                File.Delete(before.PathOf(before.Media.Video[0], gop));
            }
        }

        await using var next = new StoredChannel(_folder);
        await next.ReadTurnAsync(next.Media.Video[0]);

        Assert.Equal([4, 11], next.Runs.Select(r => r.FirstGop).Order());
    }

    [Fact]
    public async Task AGopThatIsThereAsTwoPresetsMadeItCountsOnce()
    {
        await using var store = new TestStore();
        var (usual, faster) = (store.Open("usual"), store.Open("faster"));
        var track = new StoredTrack([("veryfast", usual), ("superfast", faster)], gopCount: 4, store.Time);
        foreach (var gop in new[] { 0, 1 })
        {
            await TestStore.PutAsync(usual, gop);
            await TestStore.PutAsync(faster, gop);
        }

        Assert.Equal(2, track.Count);
        Assert.False(track.IsComplete);
        await TestStore.PutAsync(faster, 2);
        await TestStore.PutAsync(usual, 3);
        Assert.True(track.IsComplete);
    }

    [Fact]
    public async Task ADiskThatHangsHoldsUpAViewerOnceAndNotAtEachGop()
    {
        await EncodeTurnAsync();
        await using var next = new StoredChannel(_folder);
        var track = next.Media.Video[0];
        using var hang = new ManualResetEventSlim();
        var hung = Enumerable.Range(0, 8).Select(_ => next.Store.Reading.RunAsync(
            () =>
            {
                hang.Wait();
                return true;
            },
            CancellationToken.None)).ToList();
        var before = next.Time.Now;

        await next.ReadTurnAsync(track);

        Assert.InRange(next.Time.Now - before, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(20));
        Assert.Equal([0], next.Runs.Select(r => r.FirstGop));
        hang.Set();
        await Task.WhenAll(hung);
    }

    private static Gop Short(StoredGop whole)
    {
        var gop = new Gop(2, whole.Units.Count - 1, whole.Configuration, default);
        foreach (var unit in whole.Units.SkipLast(1))
        {
            gop.Append(unit, 0);
        }

        return gop;
    }

    private async Task EncodeTurnAsync()
    {
        await using var first = new StoredChannel(_folder);
        await first.ReadTurnAsync(first.Media.Video[0]);
        await first.UntilAsync(() => first.Media.Video[0].Stored!.IsComplete);
        Assert.Equal([0], first.Runs.Select(r => r.FirstGop));
    }
}
