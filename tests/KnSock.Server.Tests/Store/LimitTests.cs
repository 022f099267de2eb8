using KnSock.Server.Store;

namespace KnSock.Server.Tests.Store;

/// <summary>What goes when the limit is met: five GOPs of these keep to 1 MiB, and eviction makes it four with the new one.</summary>
public sealed class LimitTests
{
    private const long Limit = 1 << 20;
    private static readonly TimeSpan Step = TimeSpan.FromMinutes(2);

    [Fact]
    public async Task WhatWasUsedLongestAgoGoes()
    {
        await using var store = new TestStore(maxBytes: Limit);
        using var rendition = store.Open();
        await PutAsync(store, rendition, 0, 1, 2, 3, 4);
        Assert.Equal([0, 1, 2, 3, 4], await TestStore.PresentAsync(rendition));
        Assert.NotNull(await rendition.ReadAsync(0, CancellationToken.None));
        store.Time.Advance(Step);
        Assert.True(await PutAsync(store, rendition, 5));

        Assert.Equal([0, 3, 4, 5], await TestStore.PresentAsync(rendition));
        Assert.Equal(4, rendition.Count);
        Assert.InRange(store.Store.Bytes, 1, Limit * 95 / 100);
        Assert.Equal(2, store.Figures["evicted"]);
        Assert.Equal(StoreState.Ready, store.Store.State);
    }

    [Fact]
    public async Task WhatIsInUseNeverGoesAndTheStoreSaysThatItIsFull()
    {
        await using var store = new TestStore(maxBytes: Limit);
        using var watched = store.Open();
        using var other = store.Open("480p");
        watched.IsInUse = true;
        await PutAsync(store, watched, 0, 1, 2, 3, 4);
        var changed = store.Store.Changed;
        Assert.False(await PutAsync(store, other, 0));
        Assert.False(await PutAsync(store, watched, 5));

        Assert.True(changed.IsCompleted);
        Assert.Equal(StoreCondition.Full, store.Store.State.Condition);
        Assert.Equal("the store's limit of 1 MiB is reached by what is being played", store.Store.State.Reason);
        Assert.Equal([0, 1, 2, 3, 4], await TestStore.PresentAsync(watched));
        Assert.Equal(1, store.Figures["full"]);
        Assert.Equal(2, store.Figures["writes refused"]);

        // Recovers by itself once room may be made.
        changed = store.Store.Changed;
        watched.IsInUse = false;
        await UntilAsync(store, changed);
        Assert.Equal(StoreState.Ready, store.Store.State);
        Assert.True(await PutAsync(store, other, 0));
        Assert.Equal([2, 3, 4], await TestStore.PresentAsync(watched));
        Assert.Equal(0, store.Figures["full"]);
    }

    [Fact]
    public async Task BackgroundWorkDropsNeitherWhatIsOnOfferNorItsOwnWhileWatchedWorkMay()
    {
        await using var store = new TestStore(maxBytes: Limit);
        using var offered = store.Open();
        using var filled = store.Open("480p");
        using var old = store.Open("old");
        offered.IsOffered = true;
        await PutAsync(store, offered, 0, 1);
        await PutAsync(store, old, 0, 1);
        Assert.True(await PutAsync(store, filled, 0, PutPurpose.Background));
        Assert.True(await PutAsync(store, filled, 1, PutPurpose.Background));
        Assert.Empty(await TestStore.PresentAsync(old));
        Assert.True(await PutAsync(store, filled, 2, PutPurpose.Background));
        Assert.False(await PutAsync(store, filled, 3, PutPurpose.Background));
        Assert.Equal("the store's limit of 1 MiB is reached by what is on offer", store.Store.State.Reason);
        Assert.Equal([0, 1], await TestStore.PresentAsync(offered));
        Assert.Equal([0, 1, 2], await TestStore.PresentAsync(filled));

        filled.IsInUse = true;
        Assert.True(await PutAsync(store, filled, 3));
        Assert.Empty(await TestStore.PresentAsync(offered));
        Assert.Equal([0, 1, 2, 3], await TestStore.PresentAsync(filled));
    }

    [Fact]
    public async Task AnOwnerThatHasClosedProtectsNothing()
    {
        await using var store = new TestStore(maxBytes: Limit);
        using var other = store.Open("480p");
        using (var watched = store.Open())
        {
            watched.IsInUse = true;
            await PutAsync(store, watched, 0, 1, 2, 3, 4);
        }

        Assert.True(await PutAsync(store, other, 0));
    }

    [Fact]
    public async Task TwoOwnersOfOneRenditionBothProtectItAndSeeWhatTheOtherPuts()
    {
        await using var store = new TestStore(maxBytes: Limit);
        using var one = store.Open();
        using var two = store.Open();
        one.IsInUse = true;
        two.IsInUse = true;
        await PutAsync(store, one, 0, 1, 2, 3, 4);
        Assert.True(two.Has(3));
        one.IsInUse = false;
        Assert.False(await PutAsync(store, one, 5));
    }

    [Fact]
    public async Task WhatAnotherProcessPutsCounts()
    {
        await using var one = new TestStore(maxBytes: Limit);
        await using var two = new TestStore(one.Folder, maxBytes: Limit, time: one.Time);
        using var mine = one.Open();
        using var theirs = two.Open("480p");
        await PutAsync(one, mine, 0, 1);
        await PutAsync(two, theirs, 0, 1, 2);

        // Each has counted its own only; a minute later the first sees all.
        one.Time.Advance(TimeSpan.FromHours(1));
        Assert.True(await PutAsync(one, mine, 2));
        Assert.InRange(new DirectoryInfo(one.Folder).EnumerateFiles("*.gop", SearchOption.AllDirectories).Sum(f => f.Length), 1, Limit);
        Assert.Equal([2], await TestStore.PresentAsync(mine));
        Assert.Equal([0, 1, 2], await TestStore.PresentAsync(theirs));
    }

    [Fact]
    public async Task WhatAnotherProcessPlaysDoesNotGoUntilItHasEnded()
    {
        await using var one = new TestStore(maxBytes: Limit);
        await using var two = new TestStore(one.Folder, maxBytes: Limit, time: one.Time);
        using var watched = one.Open();
        using var theirs = two.Open("480p");
        await PutAsync(one, watched, 0, 1, 2, 3, 4);
        watched.IsInUse = true;
        Assert.NotNull(await watched.ReadAsync(0, CancellationToken.None));

        foreach (var purpose in Enum.GetValues<PutPurpose>())
        {
            Assert.False(await PutAsync(two, theirs, 0, purpose));
        }

        Assert.Equal([0, 1, 2, 3, 4], await TestStore.PresentAsync(watched));
        watched.IsInUse = false;
        await Eventually.TrueAsync(() =>
        {
            one.Time.Advance(TimeSpan.FromSeconds(5));
            return two.Store.State == StoreState.Ready;
        });
        Assert.True(await PutAsync(two, theirs, 0));
    }

    [Fact]
    public async Task AMarkIsHeldFromTheNextReadOrPutUntilNobodyWantsIt()
    {
        await using var store = new TestStore(maxBytes: Limit);
        using var one = store.Open();
        using var two = store.Open();
        one.IsInUse = true;
        Assert.Null(await one.ReadAsync(0, CancellationToken.None));
        Assert.False(Directory.Exists(one.Folder));
        await PutAsync(store, one, 0);
        Assert.True(InUseMark.IsHeld(one.Folder));
        two.IsInUse = true;
        Assert.NotNull(await two.ReadAsync(0, CancellationToken.None));
        one.IsInUse = false;
        Assert.True(InUseMark.IsHeld(one.Folder));
        two.Dispose();
        Assert.False(InUseMark.IsHeld(one.Folder));
    }

    [Fact]
    public async Task ARenditionThatIsAllGoneLeavesNoFolder()
    {
        await using var store = new TestStore(maxBytes: Limit);
        using var old = store.Open(source: "old");
        using var @new = store.Open();
        await PutAsync(store, old, 0);
        await PutAsync(store, @new, 0, 1, 2, 3, 4);
        Assert.Empty(await TestStore.PresentAsync(old));
        Assert.False(Directory.Exists(Path.GetDirectoryName(old.Folder)));

        // And is made again when it is needed again.
        Assert.True(await PutAsync(store, old, 0));
        Assert.True(File.Exists(Path.Combine(old.Folder, StoreLayout.RenditionFile)));
    }

    [Fact]
    public async Task AGopLargerThanTheLimitIsRefusedAndNothingGoesForIt()
    {
        await using var store = new TestStore(maxBytes: Limit);
        using var rendition = store.Open();
        await PutAsync(store, rendition, 0, 1);
        Assert.False(await rendition.PutAsync(2, TestStore.Media(2, unitBytes: 300_000), PutPurpose.Watched, CancellationToken.None));
        Assert.Equal([0, 1], await TestStore.PresentAsync(rendition));
    }

    [Theory]
    [InlineData(100L << 30, 10L << 30)]
    [InlineData(10L << 30, 2L << 30)]
    [InlineData(0, 0)]
    public void WithoutALimitOfItsOwnTheStoreTakesAFifthOfWhatIsFree(long free, long limit)
    {
        var folder = TestStore.NewFolder();
        var space = new StoreSpace(new StoreLayout(folder), new DiskOf(free), maxBytes: null, TimeProvider.System);
        space.Scan();
        Assert.Equal(limit, space.Limit);
        Directory.Delete(folder);
    }

    private static async Task PutAsync(TestStore store, StoredRendition rendition, params IEnumerable<int> gops)
    {
        foreach (var gop in gops)
        {
            Assert.True(await PutAsync(store, rendition, gop, PutPurpose.Watched));
        }
    }

    private static Task<bool> PutAsync(TestStore store, StoredRendition rendition, int gop) => PutAsync(store, rendition, gop, PutPurpose.Watched);

    private static async Task<bool> PutAsync(TestStore store, StoredRendition rendition, int gop, PutPurpose purpose)
    {
        store.Time.Advance(Step);
        return await rendition.PutAsync(gop, TestStore.Media(gop, unitBytes: 41_000), purpose, CancellationToken.None);
    }

    private static async Task UntilAsync(TestStore store, Task changed)
    {
        await Eventually.TrueAsync(() =>
        {
            store.Time.Advance(TimeSpan.FromSeconds(5));
            return changed.IsCompleted;
        });
    }

    private sealed class DiskOf(long free) : StoreDisk
    {
        public override long FreeBytes(string folder) => free;
    }
}
