using KnSock.Server.Store;

namespace KnSock.Server.Tests.Store;

public sealed class StoreContentsTests
{
    [Fact]
    public async Task AFolderThatIsNotThereHoldsNothingAndIsNotMade()
    {
        var folder = Path.Combine(TestStore.NewFolder(), "none");
        var contents = new StoreContents(new StoreOptions { Directory = folder });
        Assert.Empty((await contents.ListAsync(CancellationToken.None)).Sources);
        Assert.Equal(0, (await contents.VerifyAsync(progress: null, CancellationToken.None)).Checked);
        Assert.Equal(0, (await contents.ClearAsync([], CancellationToken.None)).Gops);
        Assert.False(Directory.Exists(folder));
        Directory.Delete(Path.GetDirectoryName(folder)!);
    }

    [Fact]
    public async Task TheListSaysWhatIsStoredOfWhatAndSinceWhen()
    {
        await using var store = new TestStore();
        var video = Path.Combine(store.Folder, "film.mp4");
        File.WriteAllText(video, "a film");
        var identity = await SourceIdentity.ReadAsync(video, CancellationToken.None);
        using var low = store.Store.Open(TestStore.Key("240p") with { Source = identity, SourcePath = video });
        using var high = store.Store.Open(TestStore.Key("720p") with { Source = identity, SourcePath = video, GopCount = 2 });
        using var other = store.Open(source: "b");
        await TestStore.PutAsync(other, 0);
        store.Time.Advance(TimeSpan.FromHours(1));
        await TestStore.PutAsync(low, 3);
        await TestStore.PutAsync(high, 0);
        await TestStore.PutAsync(high, 1);

        var listing = await new StoreContents(store.Options).ListAsync(CancellationToken.None);
        Assert.Equal(store.Folder, listing.Directory);
        Assert.Equal(4L * TestStore.GopBytes, listing.Bytes);
        Assert.Equal([video, "/videos/b.mp4"], listing.Sources.Select(s => s.Path!), StringComparer.Ordinal);
        Assert.Equal([true, false], listing.Sources.Select(s => s.IsCurrent));
        Assert.Equal(["240p", "720p"], listing.Sources[0].Renditions.Select(r => r.Name!), StringComparer.Ordinal);
        Assert.Equal([2, 100], listing.Sources[0].Renditions.Select(r => r.Percent!.Value));
        Assert.Equal(DateTime.UnixEpoch.AddHours(1), listing.Sources[0].LastUse);
        Assert.Equal(identity.Id, listing.Sources[0].Id);
        File.AppendAllText(video, "x");
        Assert.False((await new StoreContents(store.Options).ListAsync(CancellationToken.None)).Sources[0].IsCurrent);
    }

    [Fact]
    public async Task DescriptionsThatAreDamagedCostTheirTextOnly()
    {
        await using var store = new TestStore();
        using var rendition = store.Open();
        await TestStore.PutAsync(rendition, 0);
        File.WriteAllText(Path.Combine(rendition.Folder, StoreLayout.RenditionFile), "{\"name\":null}");
        File.WriteAllText(Path.Combine(Path.GetDirectoryName(rendition.Folder)!, StoreLayout.SourceFile), "[");
        var source = Assert.Single((await new StoreContents(store.Options).ListAsync(CancellationToken.None)).Sources);
        Assert.Null(source.Path);
        Assert.Null(Assert.Single(source.Renditions).Name);
        Assert.Null(source.Renditions[0].Percent);
        TestStore.AssertSame(TestStore.Media(0), await rendition.ReadAsync(0, CancellationToken.None));
    }

    [Fact]
    public async Task VerifyNamesAndDropsExactlyWhatIsDamaged()
    {
        var seed = Environment.TickCount;
        var random = new Random(seed);
        await using var store = new TestStore();
        StoredRendition[] renditions = [store.Open(), store.Open("480p"), store.Open(source: "b")];
        var damaged = new HashSet<string>(StringComparer.Ordinal);
        foreach (var rendition in renditions)
        {
            for (var gop = 0; gop < TestStore.GopCount; gop++)
            {
                await TestStore.PutAsync(rendition, gop);
                var path = StoreLayout.GopPath(rendition.Folder, gop);
                if (random.Next(4) == 0)
                {
                    var file = File.ReadAllBytes(path);
                    file[random.Next(file.Length)] ^= (byte)(1 << random.Next(8));
                    File.WriteAllBytes(path, random.Next(2) == 0 ? file : file[..random.Next(file.Length)]);
                    damaged.Add(path);
                }
            }
        }

        var contents = new StoreContents(store.Options);
        var verification = await contents.VerifyAsync(progress: null, CancellationToken.None);
        Assert.True(damaged.SetEquals(verification.Damaged.Select(d => d.File)), $"seed {seed}: not what was damaged is named");
        Assert.Equal(damaged.Count, verification.Damaged.Count);
        Assert.Equal(3 * TestStore.GopCount, verification.Checked);
        Assert.Equal(((3L * TestStore.GopCount) - damaged.Count) * TestStore.GopBytes, verification.Bytes);
        Assert.All(verification.Damaged, d => Assert.True(d is { IsDropped: true, Why.Length: > 0, Source: not null, Rendition: not null }));
        Assert.All(damaged, path => Assert.False(File.Exists(path)));
        Assert.Empty((await contents.VerifyAsync(progress: null, CancellationToken.None)).Damaged);
    }

    [Fact]
    public async Task ClearRemovesAllThatIsTheStoresAndNothingElse()
    {
        await using var store = new TestStore();
        using var rendition = store.Open();
        using var other = store.Open(source: "b");
        await TestStore.PutAsync(rendition, 0);
        await TestStore.PutAsync(other, 0);
        var foreign = Path.Combine(rendition.Folder, "mine.txt");
        File.WriteAllText(foreign, "keep");
        File.WriteAllText(Path.Combine(store.Folder, "v1", "notes"), "keep");
        File.WriteAllText(StoreLayout.Temporary(StoreLayout.GopPath(other.Folder, 1)), "half");
        var elsewhere = TestStore.NewFolder();
        File.WriteAllText(StoreLayout.GopPath(elsewhere, 5), "keep");
        Directory.CreateSymbolicLink(Path.Combine(Path.GetDirectoryName(rendition.Folder)!, new string('a', 32)), elsewhere);

        var clearing = await new StoreContents(store.Options).ClearAsync([], CancellationToken.None);
        Assert.Equal((2, 2, 0), (clearing.Sources, clearing.Gops, clearing.Left));
        Assert.Equal(2L * TestStore.GopBytes, clearing.Bytes);
        Assert.True(File.Exists(foreign));
        Assert.True(File.Exists(Path.Combine(store.Folder, "v1", "notes")));
        Assert.True(File.Exists(StoreLayout.GopPath(elsewhere, 5)));
        Assert.False(Directory.Exists(Path.GetDirectoryName(other.Folder)));

        // A server that uses the store goes on.
        Assert.Null(await rendition.ReadAsync(0, CancellationToken.None));
        Assert.True(await TestStore.PutAsync(other, 0));
        Directory.Delete(elsewhere, recursive: true);
    }

    [Fact]
    public async Task ClearOfAVideoGoesByItsPathAndByItsContent()
    {
        await using var store = new TestStore();
        var (video, moved) = (Path.Combine(store.Folder, "film.mp4"), Path.Combine(store.Folder, "moved.mp4"));
        File.WriteAllText(video, "a film");
        var identity = await SourceIdentity.ReadAsync(video, CancellationToken.None);
        using var film = store.Store.Open(TestStore.Key() with { Source = identity, SourcePath = video });
        using var gone = store.Open(source: "gone");
        using var kept = store.Open(source: "kept");
        File.Move(video, moved);
        foreach (var rendition in (StoredRendition[])[film, gone, kept])
        {
            await TestStore.PutAsync(rendition, 0);
        }

        var clearing = await new StoreContents(store.Options).ClearAsync([moved, "/videos/gone.mp4", "/videos/other.mp4"], CancellationToken.None);
        Assert.Equal((2, 2), (clearing.Sources, clearing.Gops));
        Assert.Equal(["/videos/other.mp4"], clearing.NotStored, StringComparer.Ordinal);
        Assert.Empty(await TestStore.PresentAsync(film));
        Assert.Empty(await TestStore.PresentAsync(gone));
        Assert.Equal([0], await TestStore.PresentAsync(kept));
    }
}
