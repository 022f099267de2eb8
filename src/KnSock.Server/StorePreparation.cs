using KnSock.Server.Channels;
using KnSock.Server.Diagnostics;
using KnSock.Server.Encoding;
using KnSock.Server.Sources;
using KnSock.Server.Store;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace KnSock.Server;

/// <summary>
/// Encodes videos into the store before anybody watches, all rungs of each, so that a server with the same options never has to. What is stored
/// stays: it may be interrupted at any time, and goes on from there the next time.
/// </summary>
public sealed class StorePreparation
{
    private static readonly TimeSpan ProbeTimeout = TimeSpan.FromSeconds(20);
    private static readonly FillPriority FullSpeed = new(Niceness: 0, CpuShare: 1);

    private readonly LiveStreamServerOptions _options;
    private readonly ILogger _logger;
    private IReadOnlyList<ChannelMedia> _media = [];

    /// <summary>Creates a preparation; nothing is done yet.</summary>
    /// <param name="options">As the server will have them; what matters is the videos, the ladder, the GOP length and the store.</param>
    /// <param name="loggerFactory">Where it logs. Null: nowhere.</param>
    /// <exception cref="ArgumentException">An option is out of range, or the store is switched off; the message names it.</exception>
    public StorePreparation(LiveStreamServerOptions options, ILoggerFactory? loggerFactory = null)
    {
        options.Validate();
        _options = options.Store.IsEnabled ? options : throw new ArgumentException("Store is switched off; there is nothing to prepare", nameof(options));
        _logger = (loggerFactory ?? NullLoggerFactory.Instance).CreateLogger("KnSock.Server");
    }

    /// <summary>How far each rendition of each video is at this moment; empty until the videos were probed.</summary>
    public IReadOnlyList<PreparedRendition> Renditions => [.. Volatile.Read(ref _media).SelectMany(m => m.All.Select(t => new PreparedRendition
    {
        Video = m.Name,
        Name = t.Rendition.Name,
        Duration = m.Timeline.Duration,
        GopCount = t.Stored!.GopCount,
        StoredGops = t.Stored.Count,
    }))];

    /// <summary>Encodes what is missing; returns when all of it is stored.</summary>
    /// <exception cref="LiveStreamServerException">A file cannot be served, ffmpeg is missing or fails, or the store takes nothing more.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var clock = new ServerClock(_options.TimeProvider);
        using var metrics = new ServerMetrics(factory: null);
        using var places = new EncoderPlaces(_options.Encoding.MaxProcesses);
        var tools = await FfmpegTools.FindAsync(cancellationToken);
        await using var store = new RenditionStore(_options.Store, metrics, clock.Provider, _logger);
        var factory = new ChannelFactory(_options, tools, store, places, clock, metrics, _logger);
        var prober = new SourceProber(tools, ProbeTimeout, clock);
        var media = new List<ChannelMedia>();
        foreach (var path in _options.VideoPaths)
        {
            var source = await prober.ProbeAsync(path, cancellationToken);
            media.Add(await factory.CreateAsync(source.FileName, source, isLive: false, cancellationToken));
        }

        Volatile.Write(ref _media, media);
        while (FillPlan.Next(media, FillScope.All) is { } task)
        {
            await FillAsync(task, store, cancellationToken);
        }
    }

    private static async Task FillAsync(FillTask task, RenditionStore store, CancellationToken cancellationToken)
    {
        try
        {
            if (await new FillRun(task, FullSpeed, static _ => ValueTask.FromResult(true)).RunAsync(cancellationToken) == FillOutcome.NotStored)
            {
                throw new LiveStreamServerException($"the store takes nothing more ({store.State.Reason}); free space, or allow it more");
            }
        }
        catch (EncoderException e)
        {
            throw new LiveStreamServerException($"{task.Media.Name} cannot be encoded: {e.Message}", e);
        }
    }
}

/// <summary>How far a rendition of a video is encoded and stored.</summary>
public sealed record PreparedRendition
{
    /// <summary>File name of the video. Untrusted text.</summary>
    public required string Video { get; init; }

    /// <summary>Name of the rendition, such as <c>720p</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Length of the video.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>GOPs that it has.</summary>
    public required int GopCount { get; init; }

    /// <summary>GOPs that are stored.</summary>
    public required int StoredGops { get; init; }
}
