namespace KnSock.Server.Tests.Store;

public sealed class StoreOptionsTests
{
    [Theory]
    [InlineData("/caches", "/home/a", "/caches/knsock/store")]
    [InlineData("relative", "/home/a", "/home/a/.cache/knsock/store")]
    [InlineData("", "/home/a", "/home/a/.cache/knsock/store")]
    [InlineData(null, "/home/a", "/home/a/.cache/knsock/store")]
    [InlineData(null, "", "/var/cache/knsock/store")]
    public void TheFolderIsWhereThePlatformKeepsCaches(string? xdgCacheHome, string home, string folder)
    {
        if (!OperatingSystem.IsLinux())
        {
            Assert.Skip("the paths are those of Linux");
        }

        Assert.Equal(folder, StoreOptions.DefaultDirectory(xdgCacheHome, home));
    }

    [Fact]
    public void AnOptionOutOfRangeIsNamed()
    {
        Assert.StartsWith("MaxBytes ", Assert.Throws<ArgumentException>(new StoreOptions { MaxBytes = 1000 }.Validate).Message, StringComparison.Ordinal);
        Assert.StartsWith("Directory ", Assert.Throws<ArgumentException>(new StoreOptions { Directory = " " }.Validate).Message, StringComparison.Ordinal);
        new StoreOptions().Validate();
    }
}
