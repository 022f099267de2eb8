using System.Runtime.CompilerServices;
using KnSock.Server.Store;

namespace KnSock.Server.Tests.Store;

/// <summary>What a child process of <see cref="KillTests"/> does instead of running tests: it puts GOPs until it is killed.</summary>
internal static class StoreFiller
{
    /// <summary>Names the store's folder; only children have it.</summary>
    public const string FolderVariable = "KNSOCK_TEST_STORE";

    /// <summary>GOPs that it puts over and over, each with one of some contents.</summary>
    public const int Gops = 4;

    public const int UnitBytes = 40_000;

    private const int Seeds = 3;

    // All on this thread: until an initializer ends, other threads cannot run code of its assembly.
    [ModuleInitializer]
    internal static void Fill()
    {
        if (Environment.GetEnvironmentVariable(FolderVariable) is not { } folder)
        {
            return;
        }

        var key = TestStore.Key();
        var files = Enumerable.Range(0, Gops * Seeds)
            .Select(i => GopFile.Compose(Convert.FromHexString(key.Id), i % Gops, TestStore.Media(i % Gops, i / Gops, UnitBytes)))
            .ToList();
        var layout = new StoreLayout(folder);
        var disk = new SlowDisk();
        var writer = new GopWriter(layout, disk, new StoreSpace(layout, disk, 1L << 30, TimeProvider.System), TimeProvider.System);
        var random = new Random();

        // Not for ever, should nobody kill it.
        for (var i = 0; i < 10_000; i++)
        {
            var next = random.Next(files.Count);
            writer.Put(key, next % Gops, files[next], PutPurpose.Watched, _ => true, _ => { });
        }
    }

    /// <summary>Takes its time for each piece, so that a kill often falls between two.</summary>
    private sealed class SlowDisk : StoreDisk
    {
        public override void Write(string temporary, ReadOnlySpan<byte> bytes, DateTime modified)
        {
            using var file = File.OpenHandle(temporary, FileMode.CreateNew, FileAccess.Write);
            for (var at = 0; at < bytes.Length; at += UnitBytes)
            {
                RandomAccess.Write(file, bytes[at..Math.Min(at + UnitBytes, bytes.Length)], at);
                Thread.Sleep(1);
            }
        }
    }
}
