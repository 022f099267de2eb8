using System.Diagnostics;
using KnSock.Server.Store;

namespace KnSock.Server.Tests.Store;

/// <summary>Processes that write are killed at random moments.</summary>
public sealed class KillTests
{
    [Fact]
    public async Task AfterAKillEverythingThatIsThereIsWhole()
    {
        var seed = Environment.TickCount;
        var random = new Random(seed);
        await using var store = new TestStore();
        using var rendition = store.Open();
        var read = 0;
        for (var round = 0; round < 8; round++)
        {
            using (var child = Start(store.Folder))
            {
                await Eventually.TrueAsync(() => child.HasExited || StoreFolders.Entries(rendition.Folder).Count > 0);
                await Task.Delay(random.Next(150));
                Assert.False(child.HasExited, $"seed {seed}: the child ended by itself");
                child.Kill();
                await child.WaitForExitAsync();
            }

            for (var gop = 0; gop < StoreFiller.Gops; gop++)
            {
                if (await rendition.ReadAsync(gop, CancellationToken.None) is { } media)
                {
                    read++;
                    Assert.True(TestStore.IsSame(TestStore.Media(gop, media.Configuration.Setup.Span[^1], StoreFiller.UnitBytes), media), $"seed {seed}, round {round}: GOP {gop} is another");
                }
            }

            Assert.Equal(0, store.Figures["reads damaged"]);
            var verification = await new StoreContents(store.Options).VerifyAsync(progress: null, CancellationToken.None);
            Assert.Empty(verification.Damaged);
            await new StoreContents(store.Options).ClearAsync([], CancellationToken.None);
            Assert.False(Directory.Exists(rendition.Folder));
        }

        Assert.True(read >= 8, $"seed {seed}: only {read} GOPs were read");
    }

    private static Process Start(string folder)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!)
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment[StoreFiller.FolderVariable] = folder;
        var child = Process.Start(start)!;
        child.BeginOutputReadLine();
        child.BeginErrorReadLine();
        return child;
    }
}
