using KnSock.Server.Store;

namespace KnSock.Server.Tests.Store;

/// <summary>Several processes share a folder.</summary>
public sealed class SharedStoreTests
{
    [Fact]
    public async Task ManyPutReadAndDropAtATimeAndNobodyReadsAnythingElse()
    {
        var seed = Environment.TickCount;
        var folder = TestStore.NewFolder();
        var stores = Enumerable.Range(0, 3).Select(_ => new TestStore(folder, maxBytes: 1 << 20)).ToList();
        var hits = 0;
        await Task.WhenAll(Enumerable.Range(0, 9).Select(worker => Task.Run(async () =>
        {
            var random = new Random(seed + worker);
            var (name, store) = ($"{worker % 2}", stores[worker % 3]);
            using var rendition = store.Open(name);
            for (var i = 0; i < 150; i++)
            {
                // 2 x 40 GOPs of 20 KB do not fit into 1 MiB, so all the time something goes.
                var gop = random.Next(TestStore.GopCount);
                if (random.Next(2) == 0)
                {
                    await TestStore.PutAsync(rendition, gop, random.Next(2) == 0 ? PutPurpose.Watched : PutPurpose.Background);
                }
                else if (await rendition.ReadAsync(gop, CancellationToken.None) is { } read)
                {
                    Assert.True(TestStore.IsSame(TestStore.Media(gop), read), $"seed {seed}: GOP {gop} is another");
                    Interlocked.Increment(ref hits);
                }

                if (random.Next(20) == 0)
                {
                    await rendition.RefreshAsync(CancellationToken.None);
                }
            }
        })));

        Assert.True(hits > 50, $"seed {seed}: only {hits} hits");
        Assert.All(stores, s => Assert.Equal(0, s.Figures["reads damaged"]));
        Assert.All(stores, s => Assert.Equal(0, s.Figures["writes failed"]));
        Assert.Empty(stores[0].Temporaries());
        using (var rendition = stores[0].Open("0"))
        {
            var present = await TestStore.PresentAsync(rendition);
            Assert.Equal(present, Enumerable.Range(0, TestStore.GopCount).Where(g => File.Exists(StoreLayout.GopPath(rendition.Folder, g))));
            Assert.Equal(present.Count, rendition.Count);
        }

        foreach (var store in stores)
        {
            await store.DisposeAsync();
        }

        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task WhatIsThereIsKnownAfterALookThoughNothingWasPutHere()
    {
        await using var one = new TestStore();
        await using var two = new TestStore(one.Folder);
        using var mine = one.Open();
        using var theirs = two.Open();
        await TestStore.PutAsync(theirs, 1);
        Assert.False(mine.Has(1));
        Assert.NotNull(await mine.ReadAsync(1, CancellationToken.None));
        Assert.True(mine.Has(1));
        await TestStore.PutAsync(theirs, 2);
        Assert.Equal([1, 2], await TestStore.PresentAsync(mine));
        File.Delete(StoreLayout.GopPath(mine.Folder, 1));
        Assert.Equal([2], await TestStore.PresentAsync(mine));
        Assert.Null(await mine.ReadAsync(1, CancellationToken.None));
    }

    [Fact]
    public async Task AFolderThatHasNotChangedIsNotLookedThroughAgainButOneThatHasIs()
    {
        await using var store = new TestStore();
        using var rendition = store.Open();
        await TestStore.PutAsync(rendition, 0);
        store.Time.Advance(DateTime.UtcNow.AddHours(1) - DateTime.UnixEpoch);
        Assert.Equal([0], await TestStore.PresentAsync(rendition));
        var modified = Directory.GetLastWriteTimeUtc(rendition.Folder);
        File.Delete(StoreLayout.GopPath(rendition.Folder, 0));
        Directory.SetLastWriteTimeUtc(rendition.Folder, modified);
        Assert.Equal([0], await TestStore.PresentAsync(rendition));
        Directory.SetLastWriteTimeUtc(rendition.Folder, modified.AddSeconds(1));
        Assert.Empty(await TestStore.PresentAsync(rendition));
    }

    [Fact]
    public async Task AMovedSourceIsDescribedByItsNewPath()
    {
        await using var store = new TestStore();
        using (var rendition = store.Open())
        {
            await TestStore.PutAsync(rendition, 0);
        }

        await using var later = new TestStore(store.Folder);
        using var moved = later.Store.Open(TestStore.Key() with { SourcePath = "/elsewhere/b.mp4" });
        Assert.Equal([0], await TestStore.PresentAsync(moved));
        Assert.Equal("/elsewhere/b.mp4", StoreMetadata.ReadSource(Path.GetDirectoryName(moved.Folder)!)!.Path);
    }
}
