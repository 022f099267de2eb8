using KnSock.Media;
using KnSock.Server.Diagnostics;
using KnSock.Server.Store;
using KnSock.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace KnSock.Server.Tests.Store;

/// <summary>A store in a folder of its own, on virtual time, with media that tells by itself which GOP it is.</summary>
internal sealed class TestStore : IAsyncDisposable
{
    public const int UnitBytes = 4000;
    public const int UnitsOfGop = 5;
    public const int GopCount = 40;

    private readonly bool _ownsFolder;
    private readonly ServerMetrics _metrics;

    public TestStore(string? folder = null, long? maxBytes = null, StoreDisk? disk = null, ManualTimeProvider? time = null)
    {
        _ownsFolder = folder is null;
        Folder = folder ?? NewFolder();
        Time = time ?? new ManualTimeProvider();
        Figures = new StoreFigures();
        _metrics = new ServerMetrics(Figures);
        Options = new StoreOptions { Directory = Folder, MaxBytes = maxBytes ?? 1L << 30 };
        Store = new RenditionStore(Options, _metrics, Time, NullLogger.Instance, disk);
    }

    public string Folder { get; }

    public StoreOptions Options { get; }

    public ManualTimeProvider Time { get; }

    public StoreFigures Figures { get; }

    public RenditionStore Store { get; }

    /// <summary>Bytes of the file of each GOP that <see cref="Media"/> makes, but for one that is asked to be larger.</summary>
    public static int GopBytes { get; } = GopFile.Compose(new byte[16], 0, Media(0)).Length;

    public static string NewFolder() => Directory.CreateTempSubdirectory("knsock-store-").FullName;

    public static RenditionKey Key(string name = "240p", string source = "a") => new()
    {
        Source = new SourceIdentity { Id = HexId.Of(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(source))), Size = 1, Modified = DateTime.UnixEpoch },
        SourcePath = $"/videos/{source}.mp4",
        Name = name,
        Settings = $"settings of {name}",
        GopCount = GopCount,
    };

    public static StoredGop Media(int gop, int seed = 0, int unitBytes = UnitBytes)
    {
        var random = new Random((seed * 1000) + gop);
        var units = Enumerable.Range(0, UnitsOfGop).Select(i =>
        {
            var payload = new byte[unitBytes];
            random.NextBytes(payload);
            var at = Timestamp.FromSeconds(gop + (i * 0.2));
            return new AccessUnit
            {
                Kind = TrackKind.Video,
                Sequence = (uint)((gop * UnitsOfGop) + i),
                Pts = at,
                Dts = at - TimeSpan.FromMilliseconds(40),
                Duration = TimeSpan.FromMilliseconds(200),
                IsKeyframe = i == 0,
                Payload = payload,
            };
        });
        return new StoredGop(Make.VideoSetup(seed), [.. units]);
    }

    public static void AssertSame(StoredGop expected, StoredGop? actual)
    {
        Assert.NotNull(actual);
        Assert.True(IsSame(expected, actual), "what was read is not what was put");
    }

    public static bool IsSame(StoredGop a, StoredGop b) =>
        a.Configuration.GetType() == b.Configuration.GetType()
        && KnSock.Protocol.FrameWriter.Configuration(a.Configuration, 0).AsSpan().SequenceEqual(KnSock.Protocol.FrameWriter.Configuration(b.Configuration, 0))
        && a.Units.Count == b.Units.Count
        && a.Units.Zip(b.Units).All(p =>
            p.First with { Payload = default } == p.Second with { Payload = default } && p.First.Payload.Span.SequenceEqual(p.Second.Payload.Span));

    public StoredRendition Open(string name = "240p", string source = "a") => Store.Open(Key(name, source));

    public static async Task<bool> PutAsync(StoredRendition rendition, int gop, PutPurpose purpose = PutPurpose.Watched) =>
        await rendition.PutAsync(gop, Media(gop), purpose, CancellationToken.None);

    public static async Task<IReadOnlyList<int>> PresentAsync(StoredRendition rendition)
    {
        await rendition.RefreshAsync(CancellationToken.None);
        return [.. Enumerable.Range(0, GopCount).Where(rendition.Has)];
    }

    /// <summary>Files other than what belongs there.</summary>
    public IEnumerable<string> Temporaries() => Directory.EnumerateFiles(Folder, "*.tmp", SearchOption.AllDirectories);

    public async ValueTask DisposeAsync()
    {
        await Store.DisposeAsync();
        _metrics.Dispose();
        Figures.Dispose();
        if (_ownsFolder)
        {
            Delete(Folder);
        }
    }

    /// <summary>Deletes a folder into which a put that was given up may still be writing.</summary>
    public static void Delete(string folder)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                Directory.Delete(folder, recursive: true);
                return;
            }
            catch (IOException) when (attempt < 20)
            {
                // What came in between goes with the next attempt.
            }
        }
    }
}
