using KnSock.Server.Store;

namespace KnSock.Server.Tests.Store;

public sealed class SourceIdentityTests : IDisposable
{
    private static readonly DateTime Modified = new(2024, 5, 6, 7, 8, 9, DateTimeKind.Utc);
    private readonly string _folder = TestStore.NewFolder();

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(100_000)]
    [InlineData(5_000_000)]
    public async Task AMovedFileIsTheSame(int size)
    {
        var path = Write("a", size);
        var identity = await ReadAsync(path);
        Assert.True(HexId.IsOne(identity.Id));
        Assert.Equal((size, Modified), (identity.Size, identity.Modified));
        Assert.True(identity.StillHolds(path));
        var moved = Path.Combine(_folder, "b");
        File.Move(path, moved);
        Assert.False(identity.StillHolds(path));
        Assert.Equal(identity, await ReadAsync(moved));
        Assert.True(identity.StillHolds(moved));
    }

    [Fact]
    public async Task ATouchedOrLongerFileIsAnother()
    {
        var path = Write("a", 100_000);
        var identity = await ReadAsync(path);
        File.SetLastWriteTimeUtc(path, Modified.AddSeconds(1));
        Assert.False(identity.StillHolds(path));
        Assert.NotEqual(identity.Id, (await ReadAsync(path)).Id, StringComparer.Ordinal);
        File.AppendAllText(path, "x");
        File.SetLastWriteTimeUtc(path, Modified);
        Assert.False(identity.StillHolds(path));
        Assert.NotEqual(identity.Id, (await ReadAsync(path)).Id, StringComparer.Ordinal);
    }

    [Theory]
    [InlineData(1000, 500)]
    [InlineData(1_179_648, 700_000)]
    [InlineData(5_000_000, 0)]
    [InlineData(5_000_000, 4_999_999)]
    [InlineData(5_000_000, 300_000)]
    public async Task OtherContentOfTheSameSizeAndTimeIsAnother(int size, int changed)
    {
        var path = Write("a", size);
        var identity = await ReadAsync(path);
        var bytes = File.ReadAllBytes(path);
        bytes[changed] ^= 1;
        File.WriteAllBytes(path, bytes);
        File.SetLastWriteTimeUtc(path, Modified);
        Assert.NotEqual(identity.Id, (await ReadAsync(path)).Id, StringComparer.Ordinal);
    }

    [Fact]
    public async Task ALinkStandsForItsFile()
    {
        var path = Write("a", 1000);
        var link = Path.Combine(_folder, "link");
        File.CreateSymbolicLink(link, path);
        var identity = await ReadAsync(link);
        Assert.Equal(await ReadAsync(path), identity);
        Assert.True(identity.StillHolds(link));
        File.AppendAllText(path, "x");
        Assert.False(identity.StillHolds(link));
    }

    [Fact]
    public async Task AFileThatIsNotThereIsAnIOFault()
    {
        await Assert.ThrowsAnyAsync<IOException>(() => ReadAsync(Path.Combine(_folder, "none")));
        var ofFolder = await Record.ExceptionAsync(() => ReadAsync(_folder));
        Assert.True(ofFolder is not null && DiskFaults.IsFault(ofFolder));
    }

    [Fact]
    public void AKeyDependsOnAllThatDeterminesTheBytesAndOnNothingElse()
    {
        var key = TestStore.Key();
        Assert.True(HexId.IsOne(key.Id));
        Assert.Equal(key.Id, (key with { SourcePath = "/elsewhere", Name = "other" }).Id);
        Assert.NotEqual(key.Id, (key with { Settings = "other" }).Id, StringComparer.Ordinal);
        Assert.NotEqual(key.Id, (key with { GopCount = key.GopCount + 1 }).Id, StringComparer.Ordinal);
        Assert.NotEqual(key.Id, TestStore.Key(source: "b").Id, StringComparer.Ordinal);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static Task<SourceIdentity> ReadAsync(string path) => SourceIdentity.ReadAsync(path, CancellationToken.None);

    private string Write(string name, int size)
    {
        var path = Path.Combine(_folder, name);
        var bytes = new byte[size];
        new Random(1).NextBytes(bytes);
        File.WriteAllBytes(path, bytes);
        File.SetLastWriteTimeUtc(path, Modified);
        return path;
    }
}
