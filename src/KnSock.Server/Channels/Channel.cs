using KnSock.Media;
using KnSock.Protocol.Messages;
using KnSock.Server.Sources;

namespace KnSock.Server.Channels;

/// <summary>One video on offer: a broadcast on a monotonic timeline that never ends, looping its source.</summary>
internal sealed class Channel
{
    private readonly IReadOnlyList<TrackFeeder> _feeders;
    private readonly AsyncSignal _catalogChanged;
    private readonly Lock _lock = new();
    private readonly TaskCompletionSource _ending = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile ChannelInfo _info;
    private string? _storeWarning;
    private int _viewers;

    /// <summary>Creates a channel.</summary>
    /// <param name="index">Its place in the catalog.</param>
    /// <param name="media">Its media.</param>
    /// <param name="feeders">What feeds the tracks of the media.</param>
    /// <param name="epoch">The server's clock at the channel's zero.</param>
    /// <param name="catalogChanged">Is told when <see cref="Info"/> has changed.</param>
    public Channel(int index, ChannelMedia media, IReadOnlyList<TrackFeeder> feeders, Timestamp epoch, AsyncSignal catalogChanged)
    {
        (Media, _feeders, Epoch, _catalogChanged, Rungs) = (media, feeders, epoch, catalogChanged, new RungOffer(media.Video));
        _info = InfoOf(index, media);
        foreach (var track in media.AllServed)
        {
            // The catalog tells of it.
            track.FaultChanged = catalogChanged.Pulse;
        }
    }

    /// <summary>What the catalog says of it at this moment.</summary>
    public ChannelInfo Info
    {
        get
        {
            lock (_lock)
            {
                string[] warnings =
                [
                    .. Media.AllServed.Where(t => t.Fault is not null).GroupBy(t => t.Fault!, t => t.Rendition.Name, StringComparer.Ordinal)
                        .Select(fault => $"{string.Join(", ", fault)}: {fault.Key}"),
                    .. _storeWarning is { } store ? (string[])[store] : [],
                ];
                return _info with
                {
                    Renditions = [.. _info.Renditions.Select(r => r with { Withdrawn = Rungs.Withdrawn?[r.Index] })],
                    Warnings = warnings.Length > 0 ? warnings : null,
                };
            }
        }
    }

    /// <summary>How many watch it now.</summary>
    public int Viewers => Volatile.Read(ref _viewers);

    /// <summary>Its place in the catalog.</summary>
    public int Index => _info.Index;

    /// <summary>The name by which it is selected; it may change.</summary>
    public string Name => _info.Name;

    /// <summary>It is not on offer any more; nothing of it is sent.</summary>
    public bool HasEnded => _ending.Task.IsCompleted;

    /// <summary>Completes when it has ended and holds nothing any more.</summary>
    public Task Ended => _ended.Task;

    public ChannelMedia Media { get; }

    public LoopTimeline Timeline => Media.Timeline;

    public Ladder Ladder => Media.Ladder;

    /// <summary>The server's clock at the channel's zero.</summary>
    public Timestamp Epoch { get; }

    /// <summary>The rungs and which of them are withdrawn.</summary>
    public RungOffer Rungs { get; }

    /// <summary>The same, and those of kn-sock's clients if they are served.</summary>
    public IEnumerable<RungOffer> AllRungs => Media.Legacy is { } legacy ? [Rungs, legacy.Rungs] : [Rungs];

    /// <summary>The rungs, lowest first.</summary>
    public IReadOnlyList<RenditionTrack> VideoTracks => Media.Video;

    public RenditionTrack AudioTrack => Media.Audio;

    /// <summary>The sound for poor links. Null: there is none.</summary>
    public RenditionTrack? LowAudioTrack => Media.LowAudio;

    /// <summary>For each rung why it is not sent to anybody at present, in words, or null if it is. Null: all are. The lowest always is.</summary>
    public IReadOnlyList<string?>? Withdrawn => Rungs.Withdrawn;

    /// <summary>Where the broadcast is on the channel's timeline.</summary>
    public Timestamp LivePosition(Timestamp now) => new(now.Microseconds - Epoch.Microseconds);

    /// <summary>One more watches it, or one less.</summary>
    public void CountViewer(int change) => Interlocked.Add(ref _viewers, change);

    /// <summary>Takes a rung from what is offered, and says why, or offers it again if there is no reason.</summary>
    /// <param name="rungs">Which rungs of this channel it is one of.</param>
    /// <param name="rung">Its number among them.</param>
    /// <param name="reason">Why, in words.</param>
    public void Withdraw(RungOffer rungs, int rung, string? reason)
    {
        rungs.Withdraw(rung, reason);
        _catalogChanged.Pulse();
    }

    /// <summary>The same for the rungs in the catalog.</summary>
    public void Withdraw(int rung, string? reason) => Withdraw(Rungs, rung, reason);

    /// <summary>Says in the catalog why the store takes nothing. Null: it does again.</summary>
    public void WarnOfStore(string? reason)
    {
        lock (_lock)
        {
            if (_storeWarning == reason)
            {
                return;
            }

            _storeWarning = reason;
        }

        _catalogChanged.Pulse();
    }

    /// <summary>Describes it otherwise from now on; null leaves as it is. A name is for the <see cref="ChannelLineup"/> to give, which knows those of others.</summary>
    public void Describe(string? name, string? title)
    {
        lock (_lock)
        {
            _info = _info with { Name = name ?? _info.Name, Title = title ?? _info.Title };
        }

        _catalogChanged.Pulse();
    }

    /// <summary>Ends it; <see cref="RunAsync"/> completes soon.</summary>
    public void End() => _ending.TrySetResult();

    /// <summary>Feeds the tracks until it ends or is cancelled. Ended, its media is let go.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var feeding = Task.WhenAll(_feeders.Select(f => f.RunAsync(stop.Token)));
        await _ending.Task.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await stop.CancelAsync();
        await feeding;
        if (HasEnded)
        {
            foreach (var track in Media.AllServed)
            {
                track.Close();
            }
        }

        _ended.TrySetResult();
    }

    private static ChannelInfo InfoOf(int index, ChannelMedia media)
    {
        var (source, timeline, ladder) = (media.Source, media.Timeline, media.Ladder);
        return new ChannelInfo
        {
            Index = index,
            Name = media.Name,
            Title = source.Title,
            DurationSeconds = timeline.Duration.TotalSeconds,
            Width = ladder.Top.Width,
            Height = ladder.Top.Height,
            FrameRate = timeline.FrameRate.PerSecond,
            HasAudio = source.HasAudio,
            Encoding = EncodingNote.For(source),
            Renditions = [.. ladder.Video.Select(r => new RenditionInfo
            {
                Index = r.Index,
                Name = r.Name,
                Width = r.Width,
                Height = r.Height,
                BitsPerSecond = r.BitsPerSecond + ladder.Audio.BitsPerSecond,
                Passthrough = r.IsPassthrough ? true : null,
            })],
        };
    }
}
