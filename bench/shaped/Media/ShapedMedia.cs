using System.Globalization;
using KnSock.Fanout.Processes;
using KnSock.Shaped.Hls;
using KnSock.Simulation.Media;

namespace KnSock.Shaped.Media;

/// <summary>What is watched, with all that was encoded beforehand: in the server's store, as sizes for the simulator, and as HLS. Kept from run to run.</summary>
internal sealed record ShapedMedia
{
    /// <summary>Another recipe is another folder.</summary>
    private const string Version = "shaped-v1";

    /// <summary>The file.</summary>
    public required string VideoPath { get; init; }

    /// <summary>The server's store with all its rungs.</summary>
    public required string StorePath { get; init; }

    /// <summary>What its units weigh.</summary>
    public required MediaSizes Sizes { get; init; }

    /// <summary>The same units as HLS. Null: not wanted.</summary>
    public HlsStore? Hls { get; init; }

    /// <summary>Rate of the pictures of each rung, kbit/s, by its name; that is what rates are told in.</summary>
    public IReadOnlyDictionary<string, double> Kbps => Sizes.Rungs.ToDictionary(r => r.Name, r => r.BitsPerSecond / 1000.0, StringComparer.Ordinal);

    /// <summary>What the server has to be given to find what was prepared.</summary>
    public IReadOnlyList<string> ServerOptions => ["--store", StorePath, "--no-passthrough"];

    /// <summary>Makes what is not there yet.</summary>
    /// <param name="knSock">The command that prepares the store.</param>
    /// <param name="loop">Length of the video.</param>
    /// <param name="hlsLength">How much HLS is needed. Null: none.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<ShapedMedia> PrepareAsync(IReadOnlyList<string> knSock, TimeSpan loop, TimeSpan? hlsLength, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateDirectory(Path.Combine(
            CacheFolder(), "knsock", "bench", string.Create(CultureInfo.InvariantCulture, $"{Version}-{loop.TotalSeconds}s"))).FullName;
        var media = new ShapedMedia
        {
            VideoPath = await ShapedVideo.MakeAsync(folder, loop, cancellationToken),
            StorePath = Path.Combine(folder, "store"),
            Sizes = null!,
        };
        await Child.RunAsync("the preparation", [.. knSock, "prepare", media.VideoPath, .. media.ServerOptions], cancellationToken);
        var sizes = Path.Combine(folder, "sizes.gz");
        EncodedMedia? encoded = null;
        if (!File.Exists(sizes))
        {
            encoded = await EncodedMedia.EncodeAsync(media.VideoPath, cancellationToken);
            MediaSizesFile.Write(sizes, MediaMeasurement.SizesOf(encoded));
        }

        media = media with { Sizes = MediaSizesFile.Read(sizes) };
        if (hlsLength is not { } length)
        {
            return media;
        }

        var turns = (int)Math.Ceiling(length.TotalSeconds * media.Sizes.FrameRate.Numerator / media.Sizes.FrameRate.Denominator / media.Sizes.Pictures);
        var store = new HlsStore(Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"hls-{turns}")), [.. media.Sizes.Rungs.Select(r => r.Name)]);
        if (!store.IsComplete)
        {
            await store.MakeAsync(encoded ?? await EncodedMedia.EncodeAsync(media.VideoPath, cancellationToken), turns, cancellationToken);
        }

        return media with { Hls = store };
    }

    private static string CacheFolder() =>
        Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { } cache && Path.IsPathFullyQualified(cache) ? cache
        : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache");
}
