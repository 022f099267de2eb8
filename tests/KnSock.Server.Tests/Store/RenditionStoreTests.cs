using KnSock.Media;
using KnSock.Server.Store;

namespace KnSock.Server.Tests.Store;

public sealed class RenditionStoreTests
{
    [Fact]
    public async Task WhatIsPutIsReadAgainByTheSameAndByAnotherProcess()
    {
        await using var first = new TestStore();
        using var rendition = first.Open();
        Assert.True(await TestStore.PutAsync(rendition, 7));
        TestStore.AssertSame(TestStore.Media(7), await rendition.ReadAsync(7, CancellationToken.None));

        await using var second = new TestStore(first.Folder);
        using var again = second.Open();
        Assert.False(again.Has(7));
        Assert.Equal([7], await TestStore.PresentAsync(again));
        Assert.Equal(1, again.Count);
        TestStore.AssertSame(TestStore.Media(7), await again.ReadAsync(7, CancellationToken.None));
        Assert.Null(await again.ReadAsync(8, CancellationToken.None));
        Assert.Equal(1, second.Figures["reads hit"]);
        Assert.Equal(1, second.Figures["reads miss"]);
        Assert.Equal(1, first.Figures["writes stored"]);
        Assert.Equal(TestStore.GopBytes, first.Figures["size"]);
        Assert.Empty(first.Temporaries());
    }

    [Fact]
    public async Task SoundAndEmptyGopsComeBackToo()
    {
        await using var store = new TestStore();
        using var rendition = store.Open("stereo");
        var unit = TestStore.Media(0).Units[0] with { Kind = TrackKind.Audio, Dts = Timestamp.Zero, Pts = Timestamp.Zero };
        var sound = new StoredGop(Make.AudioSetup, [unit]);
        var empty = new StoredGop(Make.AudioSetup, []);
        Assert.True(await rendition.PutAsync(0, sound, PutPurpose.Watched, CancellationToken.None));
        Assert.True(await rendition.PutAsync(1, empty, PutPurpose.Watched, CancellationToken.None));
        TestStore.AssertSame(sound, await rendition.ReadAsync(0, CancellationToken.None));
        TestStore.AssertSame(empty, await rendition.ReadAsync(1, CancellationToken.None));
    }

    [Fact]
    public async Task OtherSettingsOrAnotherSourceAreAnotherPlace()
    {
        await using var store = new TestStore();
        using var rendition = store.Open();
        await TestStore.PutAsync(rendition, 0);
        using var other = store.Store.Open(TestStore.Key() with { Settings = "others" });
        using var source = store.Open(source: "b");
        Assert.Null(await other.ReadAsync(0, CancellationToken.None));
        Assert.Null(await source.ReadAsync(0, CancellationToken.None));
    }
}
