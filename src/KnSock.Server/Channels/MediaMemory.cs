namespace KnSock.Server.Channels;

/// <summary>Keeps the encoded media in memory within a limit by dropping the GOPs that were read longest ago.</summary>
internal sealed class MediaMemory(long limit)
{
    private readonly LinkedList<(RenditionTrack Track, Gop Gop)> _leastRecent = new();
    private readonly Lock _lock = new();
    private long _bytes;

    /// <summary>Bytes of complete GOPs.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    /// <summary>Takes a complete GOP into account and makes room for it.</summary>
    public void Add(RenditionTrack track, Gop gop)
    {
        lock (_lock)
        {
            if (track.IsClosed)
            {
                return;
            }

            gop.Node = _leastRecent.AddLast((track, gop));
            _bytes += gop.Bytes;
            for (var node = _leastRecent.First; node is not null && _bytes > limit;)
            {
                var next = node.Next;
                if (node.Value.Track.TryEvict(node.Value.Gop))
                {
                    _leastRecent.Remove(node);
                    node.Value.Gop.Node = null;
                    _bytes -= node.Value.Gop.Bytes;
                }

                node = next;
            }
        }
    }

    /// <summary>Drops a GOP unless a reader needs it soon.</summary>
    public void Release(RenditionTrack track, Gop gop)
    {
        lock (_lock)
        {
            if (gop.Node is { } node && track.TryEvict(gop))
            {
                _leastRecent.Remove(node);
                gop.Node = null;
                _bytes -= gop.Bytes;
            }
        }
    }

    /// <summary>Takes nothing of a track into account any more; it is closed, and none is added.</summary>
    public void Forget(RenditionTrack track)
    {
        lock (_lock)
        {
            for (var node = _leastRecent.First; node is not null;)
            {
                var next = node.Next;
                if (node.Value.Track == track)
                {
                    _leastRecent.Remove(node);
                    node.Value.Gop.Node = null;
                    _bytes -= node.Value.Gop.Bytes;
                }

                node = next;
            }
        }
    }

    /// <summary>The GOP was read.</summary>
    public void Touch(Gop gop)
    {
        lock (_lock)
        {
            if (gop.Node is { } node && node != _leastRecent.Last)
            {
                _leastRecent.Remove(node);
                _leastRecent.AddLast(node);
            }
        }
    }
}
