using KnSock.Server.Store;
using KnSock.Testing.Processes;

namespace KnSock.Server.Tests.Store;

/// <summary>Disks that are full or fail: no exception, a reason, and recovery without help.</summary>
public sealed class FullDiskTests
{
    private const int NoSpace = 28;
    private const int NoQuota = 122;
    private const int InputOutput = 5;

    [Theory]
    [InlineData(NoSpace)]
    [InlineData(NoQuota)]
    public async Task OnAFullDiskWhatIsNotProtectedGoesThenTheStoreIsFullUntilThereIsSpace(int error)
    {
        var disk = new SmallDisk(error) { Capacity = 4L * TestStore.GopBytes };
        await using var store = new TestStore(disk: disk);
        using var old = store.Open("old");
        using var rendition = store.Open();
        rendition.IsInUse = true;
        await TestStore.PutAsync(old, 0);
        await TestStore.PutAsync(old, 1);
        store.Time.Advance(TimeSpan.FromMinutes(1));

        // The fourth does not fit beside two old ones and the descriptions; those go.
        foreach (var gop in (int[])[0, 1, 2])
        {
            Assert.True(await TestStore.PutAsync(rendition, gop));
        }

        Assert.Empty(await TestStore.PresentAsync(old));
        Assert.Equal(StoreState.Ready, store.Store.State);
        Assert.False(await TestStore.PutAsync(rendition, 3));
        Assert.Equal(new StoreState(StoreCondition.Full, "the store's disk is full"), store.Store.State);
        Assert.Empty(store.Temporaries());
        Assert.Equal([0, 1, 2], await TestStore.PresentAsync(rendition));
        Assert.Equal(1, store.Figures["full"]);

        // Refused at once, without a try.
        var writes = disk.Writes;
        Assert.False(await TestStore.PutAsync(rendition, 3));
        Assert.Equal(writes, disk.Writes);

        // Tried after five seconds, in vain; and again when there is space.
        store.Time.Advance(TimeSpan.FromSeconds(5));
        await Eventually.TrueAsync(() => disk.Writes > writes);
        Assert.Equal(StoreCondition.Full, store.Store.State.Condition);
        var changed = store.Store.Changed;
        disk.Capacity *= 2;
        await Eventually.TrueAsync(() =>
        {
            store.Time.Advance(TimeSpan.FromSeconds(5));
            return changed.IsCompleted;
        });
        Assert.Equal(StoreState.Ready, store.Store.State);
        Assert.True(await TestStore.PutAsync(rendition, 3));
        Assert.Empty(store.Temporaries());
    }

    [Fact]
    public async Task BackgroundWorkOnAFullDiskDoesNotKeepOutWhatIsWatched()
    {
        var disk = new SmallDisk(NoSpace) { Capacity = 4L * TestStore.GopBytes };
        await using var store = new TestStore(disk: disk);
        using var offered = store.Open("offered");
        using var rendition = store.Open();
        offered.IsOffered = true;
        foreach (var gop in (int[])[0, 1, 2])
        {
            Assert.True(await TestStore.PutAsync(offered, gop, PutPurpose.Background));
        }

        Assert.False(await TestStore.PutAsync(offered, 3, PutPurpose.Background));
        Assert.Equal(StoreCondition.Full, store.Store.State.Condition);
        Assert.True(await TestStore.PutAsync(rendition, 0));
        Assert.Equal(StoreCondition.Full, store.Store.State.Condition);
        Assert.False(await TestStore.PutAsync(offered, 3, PutPurpose.Background));
    }

    [Fact]
    public async Task AFaultOfTheDiskIsSaidAndTriedAgain()
    {
        var disk = new SmallDisk(InputOutput) { Capacity = 0 };
        await using var store = new TestStore(disk: disk);
        using var rendition = store.Open();
        Assert.False(await TestStore.PutAsync(rendition, 0));
        Assert.Equal(StoreCondition.Failing, store.Store.State.Condition);
        Assert.StartsWith("the store cannot be written: ", store.Store.State.Reason, StringComparison.Ordinal);
        Assert.Equal(1, store.Figures["writes failed"]);
        disk.Capacity = long.MaxValue;
        await Eventually.TrueAsync(() =>
        {
            store.Time.Advance(TimeSpan.FromSeconds(5));
            return store.Store.State == StoreState.Ready;
        });
        Assert.True(await TestStore.PutAsync(rendition, 0));
    }

    [Fact]
    public async Task AFolderThatCannotBeMadeFailsAndWorksOnceItCan()
    {
        var parent = TestStore.NewFolder();
        var folder = Path.Combine(parent, "store");
        File.WriteAllText(folder, "in the way");
        await using (var store = new TestStore(folder))
        {
            using var rendition = store.Open();
            Assert.Empty(await TestStore.PresentAsync(rendition));
            Assert.Null(await rendition.ReadAsync(0, CancellationToken.None));
            Assert.False(await TestStore.PutAsync(rendition, 0));
            Assert.Equal(StoreCondition.Failing, store.Store.State.Condition);
            File.Delete(folder);
            await Eventually.TrueAsync(() =>
            {
                store.Time.Advance(TimeSpan.FromSeconds(5));
                return store.Store.State == StoreState.Ready;
            });
            Assert.True(await TestStore.PutAsync(rendition, 0));
        }

        Directory.Delete(parent, recursive: true);
    }

    [Fact]
    public async Task AFolderThatIsDeletedIsMadeAgain()
    {
        await using var store = new TestStore();
        using var rendition = store.Open();
        await TestStore.PutAsync(rendition, 0);
        Directory.Delete(store.Folder, recursive: true);
        Assert.Null(await rendition.ReadAsync(0, CancellationToken.None));
        Assert.False(rendition.Has(0));
        Assert.True(await TestStore.PutAsync(rendition, 1));
        Assert.Equal([1], await TestStore.PresentAsync(rendition));
        Assert.True(File.Exists(Path.Combine(Path.GetDirectoryName(rendition.Folder)!, StoreLayout.SourceFile)));
    }

    [Fact]
    public async Task ADiskThatHangsHoldsUpNobodyWhoLeaves()
    {
        using var hang = new ManualResetEventSlim();
        await using var store = new TestStore(disk: new HangingDisk(hang));
        using var rendition = store.Open();
        using var patience = new CancellationTokenSource(TimeSpan.FromMilliseconds(50));
        var put = rendition.PutAsync(0, TestStore.Media(0), PutPurpose.Watched, patience.Token);
        Assert.False(put.IsCompleted);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await put);
        Assert.Null(await rendition.ReadAsync(0, CancellationToken.None));
        hang.Set();
        await Eventually.TrueAsync(() => rendition.Has(0));
    }

    [Fact]
    public async Task ARealDiskOfFourMegabytesIsFilledAndRecovers()
    {
        if (!OperatingSystem.IsLinux() || Environment.UserName != "root")
        {
            Assert.Skip("mounting a tmpfs takes root on Linux");
        }

        var folder = TestStore.NewFolder();
        var mounted = await Command.TryRunAsync("mount", ["-t", "tmpfs", "-o", "size=4m", "tmpfs", folder]);
        if (mounted.ExitCode != 0)
        {
            Directory.Delete(folder);
            Assert.Skip($"no tmpfs can be mounted here: {mounted.Error}");
        }

        try
        {
            await FillAsync(folder);
        }
        finally
        {
            await Command.RunAsync("umount", folder);
            Directory.Delete(folder);
        }
    }

    private static async Task FillAsync(string folder)
    {
        var ballast = Path.Combine(folder, "ballast");
        await File.WriteAllBytesAsync(ballast, new byte[(4 << 20) - 700_000]);
        await using var store = new TestStore(folder);
        using var old = store.Open("old");
        using var rendition = store.Open();
        rendition.IsInUse = true;
        await TestStore.PutAsync(old, 0);
        store.Time.Advance(TimeSpan.FromMinutes(1));
        var stored = 0;
        while (await TestStore.PutAsync(rendition, stored))
        {
            stored++;
        }

        // 700 kB, less the descriptions and what is lost to whole pages.
        Assert.InRange(stored, 25, 34);
        Assert.Equal(new StoreState(StoreCondition.Full, "the store's disk is full"), store.Store.State);
        Assert.Empty(await TestStore.PresentAsync(old));
        Assert.Empty(store.Temporaries());
        for (var gop = 0; gop < stored; gop++)
        {
            TestStore.AssertSame(TestStore.Media(gop), await rendition.ReadAsync(gop, CancellationToken.None));
        }

        File.Delete(ballast);
        await Eventually.TrueAsync(() =>
        {
            store.Time.Advance(TimeSpan.FromSeconds(5));
            return store.Store.State == StoreState.Ready;
        });
        Assert.True(await TestStore.PutAsync(rendition, stored));
    }

    /// <summary>Takes so many bytes in all.</summary>
    private sealed class SmallDisk(int error) : StoreDisk
    {
        public long Capacity { get; set; }

        public int Writes { get; private set; }

        public override void Write(string temporary, ReadOnlySpan<byte> bytes, DateTime modified)
        {
            Writes++;
            var root = new DirectoryInfo(temporary).Parent!;
            while (root.Name != "v1")
            {
                root = root.Parent!;
            }

            var used = root.EnumerateFiles("*", SearchOption.AllDirectories).Sum(f => f.Length);
            if (used + bytes.Length > Capacity)
            {
                File.WriteAllBytes(temporary, bytes[..(bytes.Length / 2)]);
                throw new IOException("as the disk says", error);
            }

            base.Write(temporary, bytes, modified);
        }
    }

    private sealed class HangingDisk(ManualResetEventSlim end) : StoreDisk
    {
        public override void Write(string temporary, ReadOnlySpan<byte> bytes, DateTime modified)
        {
            end.Wait();
            base.Write(temporary, bytes, modified);
        }
    }
}
