namespace KnSock.Server.Store;

/// <summary>
/// One rendition's GOPs on disk, for one owner. What is there is looked up on the disk with each read; <see cref="Has"/> and <see cref="Count"/> are
/// from memory and cost nothing.
/// </summary>
internal sealed class StoredRendition : IDisposable
{
    private const int ScanAttempts = 3;
    private static readonly TimeSpan SettledAfter = TimeSpan.FromSeconds(2);

    private readonly RenditionStore _store;
    private readonly Lock _lock = new();
    private readonly InUseMark _mark;
    private readonly byte[] _id;
    private readonly bool[] _present;
    private int _count;
    private int _changes;
    private DateTime? _seen;
    private bool _isDescribed;
    private volatile bool _isOffered;

    internal StoredRendition(RenditionStore store, RenditionKey key, string folder)
    {
        (_store, Key, Folder) = (store, key, folder);
        _mark = new InUseMark(folder);
        _id = Convert.FromHexString(Path.GetFileName(folder));
        _present = new bool[key.GopCount];
    }

    public RenditionKey Key { get; }

    /// <summary>Its id as bytes.</summary>
    public ReadOnlySpan<byte> Id => _id;

    /// <summary>Its folder.</summary>
    public string Folder { get; }

    /// <summary>Viewers read it: nothing of it is dropped to make room, by other processes neither from the next read or put on.</summary>
    public bool IsInUse
    {
        get => _mark.IsWanted;
        set => _mark.IsWanted = value;
    }

    /// <summary>Its channel is on offer: nothing of it is dropped to make room for background work.</summary>
    public bool IsOffered
    {
        get => _isOffered;
        set => _isOffered = value;
    }

    /// <summary>GOPs that are there, as far as is known.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _count;
            }
        }
    }

    /// <summary>Whether a GOP is there, as far as is known; it may have been dropped by another process, or turn out to be damaged.</summary>
    public bool Has(int gop)
    {
        lock (_lock)
        {
            return _present[gop];
        }
    }

    /// <summary>
    /// Looks at what is on the disk. To be awaited once before <see cref="Has"/> is believed, and now and then to see what other processes put. Cheap
    /// while nothing changes. Faults of the disk count as nothing there.
    /// </summary>
    public async Task RefreshAsync(CancellationToken cancellationToken) =>
        await _store.Reading.RunAsync(
            () =>
            {
                Scan();
                return true;
            },
            cancellationToken);

    /// <summary>Reads a GOP. Null where it is not there, or is damaged, in which case it is deleted. Faults of the disk count as not there.</summary>
    public ValueTask<StoredGop?> ReadAsync(int gop, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(gop);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(gop, _present.Length);
        return new ValueTask<StoredGop?>(_store.Reading.RunAsync(() => _store.Read(this, gop), cancellationToken));
    }

    /// <summary>
    /// Puts a GOP; one that is there already is replaced. False where the store takes none at present (see <see cref="RenditionStore.State"/>).
    /// Cancelled, the caller goes on at once and the GOP may yet get there.
    /// </summary>
    public ValueTask<bool> PutAsync(int gop, StoredGop media, PutPurpose purpose, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(gop);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(gop, _present.Length);
        return _store.PutAsync(this, gop, media, purpose, cancellationToken);
    }

    /// <summary>The owner needs it no more; nothing is protected on its account.</summary>
    public void Dispose()
    {
        _mark.IsWanted = false;
        _store.Close(this);
    }

    /// <summary>Tells other processes that it is in use, if it is. Blocks its thread.</summary>
    internal void MarkUse() => _mark.Take();

    /// <summary>A GOP came or went.</summary>
    internal void Note(int gop, bool present)
    {
        lock (_lock)
        {
            _changes++;
            if (gop < _present.Length && _present[gop] != present)
            {
                _present[gop] = present;
                _count += present ? 1 : -1;
            }
        }
    }

    private void Scan()
    {
        for (var attempt = 1; ; attempt++)
        {
            var (changes, modified) = (Volatile.Read(ref _changes), Directory.GetLastWriteTimeUtc(Folder));
            if (modified == _seen)
            {
                return;
            }

            var entries = StoreFolders.Entries(Folder);
            if (entries.Count > 0 && !_isDescribed)
            {
                // The source may have been moved since.
                _store.Describe(this);
                _isDescribed = true;
            }

            lock (_lock)
            {
                // What came or went meanwhile may be missing in what was seen.
                if (changes != _changes && attempt < ScanAttempts)
                {
                    continue;
                }

                Array.Clear(_present);
                foreach (var entry in entries.Where(e => e.Gop < _present.Length))
                {
                    _present[entry.Gop] = true;
                }

                _count = _present.Count(p => p);

                // A folder's time is coarse: only once it has settled, an equal time means that nothing has changed.
                _seen = _store.UtcNow - modified > SettledAfter ? modified : null;
                return;
            }
        }
    }
}
