using System.Runtime.InteropServices;
using KnSock.Protocol;
using KnSock.Server.Diagnostics;
using Microsoft.Extensions.Logging;

namespace KnSock.Server.Store;

/// <summary>
/// Finished GOPs on disk, so that nothing is encoded twice. Several processes may share a folder; what is there is always looked up on the
/// disk. Whatever the disk does, reads end in a GOP that is exactly what was put or in none, and puts in yes or no.
/// </summary>
internal sealed class RenditionStore : IAsyncDisposable
{
    private const int ReadsAtATime = 4;
    // Older than this, the time of last use is written again with a read.
    private static readonly TimeSpan RecencyStep = TimeSpan.FromMinutes(1);

    private readonly StoreLayout _layout;
    private readonly StoreDisk _disk;
    private readonly StoreSpace _space;
    private readonly GopWriter _writer;
    private readonly PutGate _gate;
    private readonly ServerMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly DiskLane _writing = new(1);
    private readonly FaultTally _damaged;
    private readonly FaultTally _unreadable;
    private readonly List<StoredRendition> _open = [];
    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _measuring;

    /// <summary>Opens the store; its size is taken in the background. Nothing is created before the first put.</summary>
    public RenditionStore(StoreOptions options, ServerMetrics metrics, TimeProvider time, ILogger logger, StoreDisk? disk = null)
    {
        options.Validate();
        _layout = new StoreLayout(options.EffectiveDirectory);
        _disk = disk ?? new StoreDisk();
        _space = new StoreSpace(_layout, _disk, options.MaxBytes, time);
        _writer = new GopWriter(_layout, _disk, _space, time);
        _gate = new PutGate((refusal, purpose) => _writer.Probe(refusal, purpose, MayGo(_layout.RenditionFolder(refusal.Key), purpose)), _writing, time, logger);
        (_metrics, _time, _logger) = (metrics, time, logger);
        (_damaged, _unreadable) = (new FaultTally(time), new FaultTally(time));
        metrics.ObserveStore(() => (Bytes, State.Condition == StoreCondition.Full));
        _measuring = _writing.RunAsync(() => _space.Scan().Count, _stopping.Token);
    }

    /// <summary>The store's folder.</summary>
    public string Directory => _layout.Root;

    /// <summary>Whether it takes GOPs, and if not, why. Tried again every five seconds.</summary>
    public StoreState State => _gate.State;

    /// <summary>Completes when <see cref="State"/> changes.</summary>
    public Task Changed => _gate.Changed;

    /// <summary>Bytes stored, as far as is known.</summary>
    public long Bytes => _space.Bytes;

    /// <summary>The most that may be stored, bytes.</summary>
    public long Limit => _space.Limit;

    /// <summary>Where reads take place.</summary>
    internal DiskLane Reading { get; } = new(ReadsAtATime);

    internal DateTime UtcNow => _time.GetUtcNow().UtcDateTime;

    /// <summary>Opens a rendition's place, without a look at the disk: see <see cref="StoredRendition.RefreshAsync"/>.</summary>
    public StoredRendition Open(RenditionKey key)
    {
        var rendition = new StoredRendition(this, key, _layout.RenditionFolder(key));
        lock (_lock)
        {
            _open.Add(rendition);
        }

        return rendition;
    }

    /// <summary>Ends the retries. Work that hangs in the disk is not waited for.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_stopping.IsCancellationRequested)
        {
            return;
        }

        await _stopping.CancelAsync();
        await _gate.DisposeAsync();
        await _measuring.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _metrics.ObserveStore(store: null);
        _stopping.Dispose();
    }

    internal void Close(StoredRendition rendition)
    {
        lock (_lock)
        {
            _open.Remove(rendition);
        }
    }

    internal void Describe(StoredRendition rendition)
    {
        try
        {
            StoreMetadata.Describe(_disk, _layout, rendition.Key, UtcNow);
        }
        catch (Exception e) when (DiskFaults.IsFault(e))
        {
            // It is for people only; a put that fails as well will say so.
        }
    }

    internal StoredGop? Read(StoredRendition rendition, int gop)
    {
        try
        {
            var media = GopReader.Read(rendition.Folder, rendition.Id, gop, out var lastUse, out var damage);
            _metrics.StoreRead(media is not null ? "hit" : damage is null ? "miss" : "damaged");
            Note(rendition.Folder, gop, media is not null);
            if (media is not null)
            {
                rendition.MarkUse();
                Touch(rendition, gop, lastUse);
            }
            else if (damage is not null)
            {
                Drop(rendition, gop, damage);
            }

            return media;
        }
        catch (Exception e) when (DiskFaults.IsFault(e))
        {
            _metrics.StoreRead("miss");
            if (_unreadable.Add() is > 0 and var count)
            {
                Log.StoreUnreadable(_logger, count, DisplayText.Clean(e.Message));
            }

            return null;
        }
    }

    internal async ValueTask<bool> PutAsync(StoredRendition rendition, int gop, StoredGop media, PutPurpose purpose, CancellationToken cancellationToken)
    {
        if (_gate[purpose] is not null)
        {
            _metrics.StoreWritten("refused");
            return false;
        }

        return await _writing.RunAsync(() => Put(rendition, gop, media, purpose), cancellationToken);
    }

    private bool Put(StoredRendition rendition, int gop, StoredGop media, PutPurpose purpose)
    {
        byte[] file;
        try
        {
            file = GopFile.Compose(rendition.Id, gop, media);
        }
        catch (Exception e) when (e is ArgumentException or ProtocolException)
        {
            Log.GopNotStorable(_logger, gop, DisplayText.Clean(rendition.Key.Name), e.Message);
            _metrics.StoreWritten("failed");
            return false;
        }

        var refusal = _gate[purpose] ?? _writer.Put(rendition.Key, gop, file, purpose, MayGo(rendition.Folder, purpose), OnDropped);
        if (refusal is not null)
        {
            _gate.Close(purpose, refusal);
            _metrics.StoreWritten(refusal.State.Condition == StoreCondition.Full ? "refused" : "failed");
            return false;
        }

        rendition.MarkUse();
        Note(rendition.Folder, gop, present: true);
        _metrics.StoreWritten("stored");
        return true;
    }

    // What is open in this process is protected by its owner's word, what others play by their mark; a rendition that is being filled, from its own filling.
    private Func<StoreEntry, bool> MayGo(string folder, PutPurpose purpose)
    {
        lock (_lock)
        {
            var kept = _open
                .Where(r => r.IsInUse || (purpose == PutPurpose.Background && (r.IsOffered || r.Folder == folder)))
                .Select(r => r.Folder)
                .ToHashSet(StringComparer.Ordinal);
            var heldElsewhere = new Dictionary<string, bool>(StringComparer.Ordinal);
            return entry =>
            {
                if (kept.Contains(entry.RenditionFolder))
                {
                    return false;
                }

                ref var isHeld = ref CollectionsMarshal.GetValueRefOrAddDefault(heldElsewhere, entry.RenditionFolder, out var isKnown);
                return !(isKnown ? isHeld : isHeld = InUseMark.IsHeld(entry.RenditionFolder));
            };
        }
    }

    private void OnDropped(StoreEntry entry)
    {
        _metrics.StoreEvicted();
        Note(entry.RenditionFolder, entry.Gop, present: false);
    }

    private void Touch(StoredRendition rendition, int gop, DateTime lastUse)
    {
        if (UtcNow - lastUse < RecencyStep)
        {
            return;
        }

        try
        {
            File.SetLastWriteTimeUtc(StoreLayout.GopPath(rendition.Folder, gop), UtcNow);
        }
        catch (Exception e) when (DiskFaults.IsFault(e))
        {
            // It was dropped meanwhile, or the store is read-only: it counts as used longer ago than it was.
        }
    }

    private void Drop(StoredRendition rendition, int gop, string why)
    {
        var path = StoreLayout.GopPath(rendition.Folder, gop);
        var length = new FileInfo(path) is { Exists: true } file ? file.Length : 0;
        if (_disk.TryDelete(path))
        {
            _space.Add(-length);
        }

        if (_damaged.Add() is > 0 and var count)
        {
            Log.StoreDamaged(_logger, count, DisplayText.Clean($"{Path.GetFileName(rendition.Key.SourcePath)} {rendition.Key.Name} GOP {gop}"), why);
        }
    }

    private void Note(string folder, int gop, bool present)
    {
        lock (_lock)
        {
            foreach (var rendition in _open.Where(r => r.Folder == folder))
            {
                rendition.Note(gop, present);
            }
        }
    }
}
