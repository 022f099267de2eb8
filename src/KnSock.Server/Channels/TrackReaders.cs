namespace KnSock.Server.Channels;

/// <summary>The readers of a track: where they stand, and which GOPs they need from there on.</summary>
/// <param name="gopCount">GOPs in a turn of the loop.</param>
/// <param name="leadGops">So many beyond the one that is read are needed soon.</param>
/// <param name="isReadChanged">Is told when the first comes and when the last has left.</param>
internal sealed class TrackReaders(int gopCount, int leadGops, Action<bool> isReadChanged)
{
    private readonly HashSet<TrackReader> _readers = [];
    private readonly Lock _lock = new();
    private int? _last;

    /// <summary>There is one.</summary>
    public bool Any
    {
        get
        {
            lock (_lock)
            {
                return _readers.Count > 0;
            }
        }
    }

    /// <summary>There has been one since the server started.</summary>
    public bool Ever { get; private set; }

    /// <summary>Where one stands at present; where the last one stood, if there is none. Null: there never was one.</summary>
    public int? At
    {
        get
        {
            lock (_lock)
            {
                return _readers.Count > 0 ? _readers.First().Gop : _last;
            }
        }
    }

    public void Add(TrackReader reader)
    {
        lock (_lock)
        {
            _readers.Add(reader);
            Ever = true;
            if (_readers.Count == 1)
            {
                isReadChanged(true);
            }
        }
    }

    public void Remove(TrackReader reader)
    {
        lock (_lock)
        {
            _last = reader.Gop;
            if (_readers.Remove(reader) && _readers.Count == 0)
            {
                isReadChanged(false);
            }
        }
    }

    /// <summary>Whether one needs a GOP of which something holds, up to so many ahead of where it stands.</summary>
    public bool AnyNeeds(int ahead, Func<int, bool> holds)
    {
        lock (_lock)
        {
            foreach (var reader in _readers)
            {
                for (var i = 0; i <= ahead; i++)
                {
                    if (holds((reader.Gop + i) % gopCount))
                    {
                        return true;
                    }
                }
            }

            return false;
        }
    }

    /// <summary>The GOP that is needed first of those of which something holds. Null: it holds of none that is needed soon.</summary>
    public int? FirstNeeded(Func<int, bool> holds)
    {
        lock (_lock)
        {
            for (var ahead = 0; ahead <= leadGops; ahead++)
            {
                foreach (var reader in _readers)
                {
                    var gop = (reader.Gop + ahead) % gopCount;
                    if (holds(gop))
                    {
                        return gop;
                    }
                }
            }

            return null;
        }
    }

    /// <summary>Whether one needs the GOP within <paramref name="leads"/> times the lead that encoders keep.</summary>
    public bool Want(int gop, int leads = 1)
    {
        lock (_lock)
        {
            foreach (var reader in _readers)
            {
                if ((gop - reader.Gop + gopCount) % gopCount <= leads * leadGops)
                {
                    return true;
                }
            }

            return false;
        }
    }

    /// <summary>Whether a run that stands at <paramref name="gop"/> comes to one if it goes on for up to <paramref name="reach"/> GOPs.</summary>
    public bool AreAhead(int gop, int reach)
    {
        lock (_lock)
        {
            foreach (var reader in _readers)
            {
                if (reader.Gop - gop is > 0 and var distance && distance <= reach)
                {
                    return true;
                }
            }

            return false;
        }
    }
}
