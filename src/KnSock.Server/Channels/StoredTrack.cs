using KnSock.Server.Encoding;
using KnSock.Server.Store;

namespace KnSock.Server.Channels;

/// <summary>
/// What the store holds of a rendition. A GOP may be there as the usual preset makes it or, from times when the machine did not suffice, as
/// a faster one does; the best that is there counts.
/// </summary>
/// <param name="versions">A place in the store for each preset, the best preset first.</param>
/// <param name="gopCount">GOPs that have anything in them.</param>
/// <param name="time">Where time comes from.</param>
internal sealed class StoredTrack(IReadOnlyList<(string Preset, StoredRendition Stored)> versions, int gopCount, TimeProvider time) : IDisposable
{
    /// <summary>A disk that takes longer than this is of no use to a viewer, who has to have the GOP encoded then.</summary>
    private static readonly TimeSpan ReadTimeout = TimeSpan.FromSeconds(1);

    /// <summary>A disk that did not answer in time is left alone for so long, so that not every GOP is waited for in vain.</summary>
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(30);

    /// <summary>When the disk did not answer last; 0: never.</summary>
    private long _givenUp;

    private bool IsResting => Volatile.Read(ref _givenUp) is not 0 and var then && time.GetElapsedTime(then) < Rest;

    /// <summary>Whether the GOP is there; it may still turn out to be damaged.</summary>
    public bool Has(int gop)
    {
        if (IsResting)
        {
            return false;
        }

        foreach (var (_, stored) in versions)
        {
            if (stored.Has(gop))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>GOPs that there are to store.</summary>
    public int GopCount => gopCount;

    /// <summary>GOPs that are there, in whatever version.</summary>
    public int Count => versions.Count(v => v.Stored.Count > 0) > 1
        ? Enumerable.Range(0, versions[0].Stored.Key.GopCount).Count(gop => versions.Any(v => v.Stored.Has(gop)))
        : versions.Max(v => v.Stored.Count);

    /// <summary>All GOPs are there.</summary>
    public bool IsComplete => Count == gopCount;

    /// <summary>Looks at what is on the disk, where other processes may have put something.</summary>
    public async Task RefreshAsync(CancellationToken cancellationToken)
    {
        foreach (var (_, stored) in versions)
        {
            await stored.RefreshAsync(cancellationToken);
        }
    }

    /// <summary>The GOP. Null: it is not there, was damaged, or the disk does not answer in time.</summary>
    public async ValueTask<StoredGop?> ReadAsync(int gop, CancellationToken cancellationToken)
    {
        foreach (var (_, stored) in versions)
        {
            if (!IsResting && stored.Has(gop) && await ReadAsync(stored, gop, cancellationToken) is { } media)
            {
                return media;
            }
        }

        return null;
    }

    private async Task<StoredGop?> ReadAsync(StoredRendition stored, int gop, CancellationToken cancellationToken)
    {
        using var deadline = new Deadline(ReadTimeout, time, cancellationToken);
        try
        {
            return await stored.ReadAsync(gop, deadline.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            Volatile.Write(ref _givenUp, time.GetTimestamp());
            return null;
        }
    }

    /// <summary>Stores a GOP. False if the store does not take it.</summary>
    public ValueTask<bool> PutAsync(Gop gop, PutPurpose purpose, CancellationToken cancellationToken)
    {
        var stored = versions.FirstOrDefault(v => v.Preset == gop.Preset).Stored ?? versions[0].Stored;
        return stored.PutAsync(gop.Index, gop.ToStored(), purpose, cancellationToken);
    }

    /// <summary>Keeps what is on offer from being evicted for what may be needed later.</summary>
    public void SetOffered()
    {
        foreach (var (_, stored) in versions)
        {
            stored.IsOffered = true;
        }
    }

    /// <summary>It is on offer no more; nothing is kept from being evicted on its account.</summary>
    public void Dispose()
    {
        foreach (var (_, stored) in versions)
        {
            stored.Dispose();
        }
    }

    /// <summary>Keeps what is being played from being evicted.</summary>
    public void SetInUse(bool isInUse)
    {
        foreach (var (_, stored) in versions)
        {
            stored.IsInUse = isInUse;
        }
    }
}
