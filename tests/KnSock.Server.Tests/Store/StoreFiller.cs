using System.Runtime.CompilerServices;
using KnSock.Server.Store;

namespace KnSock.Server.Tests.Store;

/// <summary>What a child process of <see cref="KillTests"/> does instead of running tests: it puts GOPs until it is killed.</summary>
internal static class StoreFiller
{
    /// <summary>Names the store's folder; only children have it.</summary>
    public const string FolderVariable = "KNSOCK_TEST_STORE";

    [ModuleInitializer]
    internal static void Fill()
    {
        if (Environment.GetEnvironmentVariable(FolderVariable) is { } folder)
        {
            FillAsync(folder).GetAwaiter().GetResult();
        }
    }

    private static async Task FillAsync(string folder)
    {
        await using var store = new TestStore(folder);
        using var rendition = store.Open();
        var random = new Random();

        // Not for ever, should nobody kill it.
        for (var i = 0; i < 50_000; i++)
        {
            var gop = random.Next(TestStore.GopCount);
            await rendition.PutAsync(gop, TestStore.Media(gop, seed: i % 256), PutPurpose.Watched, CancellationToken.None);
        }
    }
}
