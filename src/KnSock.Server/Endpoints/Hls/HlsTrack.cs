using KnSock.Media;
using KnSock.Server.Channels;

namespace KnSock.Server.Endpoints.Hls;

/// <summary>
/// One rendition of a channel over HLS. Its viewers have no session that would have it encoded; so whoever asks for its playlist has it encoded around the live edge for some seconds more
/// (a lease), and for all who ask there is one reader and one loop.
/// </summary>
internal sealed class HlsTrack(HlsChannel channel, RenditionTrack track, HlsLeases leases, ServerClock clock, CancellationToken stopping)
{
    private static readonly TimeSpan LeastLease = TimeSpan.FromSeconds(10);

    // A cold rung is encoded from some segments back; this long is waited until it has reached the live edge, if there is something to begin with.
    private static readonly TimeSpan PatienceForLiveEdge = TimeSpan.FromSeconds(3);

    private readonly Lock _lock = new();
    private readonly AsyncSignal _changed = new();
    private TimeSpan _until;
    private bool _isFed;
    private Listing? _listing;
    private DecoderConfiguration? _init;

    public HlsChannel Channel => channel;

    public ServerClock Clock => clock;

    public RenditionTrack Track => track;

    public TrackKind Kind => track.Rendition.Kind;

    /// <summary>Somebody has asked lately, so it is being encoded.</summary>
    public bool IsFed
    {
        get
        {
            lock (_lock)
            {
                return _isFed;
            }
        }
    }

    /// <summary>The set-up that the initialisation segment has: that of what was there first. Null: nothing was yet.</summary>
    public DecoderConfiguration? Init => Volatile.Read(ref _init);

    /// <summary>What can be listed for somebody who does not say what for: as a rule all up to the live edge.</summary>
    /// <returns>Null: there is no whole segment yet.</returns>
    public async Task<Listing?> ListAsync(TimeSpan patience, CancellationToken cancellationToken)
    {
        var listing = await ListAsync(static l => l.IsCurrent && l.End > l.First, PatienceForLiveEdge, cancellationToken);
        return listing ?? await ListAsync(static l => l.End > l.First, patience - PatienceForLiveEdge, cancellationToken);
    }

    /// <summary>What can be listed as soon as it is enough.</summary>
    /// <returns>Null: it is not, after the time.</returns>
    public async Task<Listing?> ListAsync(Func<Listing, bool> isEnough, TimeSpan patience, CancellationToken cancellationToken)
    {
        using var deadline = clock.Deadline(patience, cancellationToken);
        while (true)
        {
            var changed = _changed.Next;
            if (!TryRenew(out var listing))
            {
                return null;
            }

            if (listing is { } there && isEnough(there))
            {
                return there;
            }

            await changed.WaitAsync(deadline.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            cancellationToken.ThrowIfCancellationRequested();
            if (deadline.Token.IsCancellationRequested)
            {
                return null;
            }
        }
    }

    /// <summary>The whole GOPs that hold these units, encoded or read from the store if they have to be.</summary>
    /// <returns>Null: they are not there after the time.</returns>
    public async Task<IReadOnlyList<(UnitRange Range, Gop Gop)>?> MediaAsync(IReadOnlyList<UnitRange> ranges, TimeSpan patience, CancellationToken cancellationToken)
    {
        using var deadline = clock.Deadline(patience, cancellationToken);
        TrackReader? reader = null;
        try
        {
            while (true)
            {
                var changed = track.Changed;
                var gops = ranges.Select(r => track[r.Gop]).ToArray();
                var missing = Array.FindIndex(gops, g => g is not { IsComplete: true });
                if (missing < 0)
                {
                    return Take(ranges, gops!);
                }

                reader ??= track.OpenReader(ranges[missing].Gop);
                reader.MoveTo(ranges[missing].Gop);
                await changed.WaitAsync(deadline.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                cancellationToken.ThrowIfCancellationRequested();
                if (deadline.Token.IsCancellationRequested)
                {
                    return null;
                }
            }
        }
        finally
        {
            reader?.Dispose();
        }
    }

    private (UnitRange Range, Gop Gop)[] Take(IReadOnlyList<UnitRange> ranges, Gop[] gops)
    {
        foreach (var gop in gops)
        {
            track.Touch(gop);
        }

        Interlocked.CompareExchange(ref _init, gops[0].Configuration, comparand: null);
        return [.. ranges.Zip(gops)];
    }

    /// <summary>Keeps it fed for some seconds more, and gives what can be listed, if anything can. False: too many are fed already.</summary>
    private bool TryRenew(out Listing? listing)
    {
        lock (_lock)
        {
            var lease = TimeSpan.FromSeconds(4 * channel.Plan.TargetDuration);
            _until = clock.Elapsed + (lease > LeastLease ? lease : LeastLease);
            listing = _listing;
            if (_isFed)
            {
                return true;
            }

            if (IsOver || !leases.TryTake())
            {
                return false;
            }

            _isFed = true;
            _ = Task.Run(FeedAsync, CancellationToken.None);
            return true;
        }
    }

    /// <summary>Follows the live edge until nobody has asked for a while.</summary>
    private async Task FeedAsync()
    {
        var hasEnded = false;
        try
        {
            var window = new ListingWindow(channel.Plan, channel.LiveFrame);
            using var reader = track.OpenReader(GopInTurn(window.NextGop));
            while (!hasEnded)
            {
                var changed = track.Changed;
                var frame = channel.LiveFrame;
                var listing = window.Advance(frame, IsReady);
                if (GopInTurn(window.NextGop) is var gop && gop != reader.Gop)
                {
                    reader.MoveTo(gop);
                }

                Publish(listing);
                // Timers know whole milliseconds only, and may be a little early.
                var wait = channel.Until(channel.Plan.NextCut(frame)) + TimeSpan.FromMilliseconds(1);
                await (listing.IsCurrent ? Task.Delay(wait, clock.Provider, stopping) : changed.WaitAsync(wait, clock.Provider, stopping))
                    .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                hasEnded = TryEnd(isFault: false);
            }
        }
        finally
        {
            if (!hasEnded)
            {
                TryEnd(isFault: true);
            }
        }
    }

    private void Publish(Listing listing)
    {
        lock (_lock)
        {
            if (_listing == listing)
            {
                return;
            }

            _listing = listing;
        }

        _changed.Pulse();
    }

    private bool TryEnd(bool isFault)
    {
        lock (_lock)
        {
            if (!isFault && clock.Elapsed < _until && !IsOver)
            {
                return false;
            }

            (_isFed, _listing) = (false, null);
            leases.GiveBack();
        }

        // Who still waits begins anew.
        _changed.Pulse();
        return true;
    }

    private bool IsOver => channel.Channel.HasEnded || stopping.IsCancellationRequested;

    private int GopInTurn(long gop) => (int)(gop % track.Timeline.GopCount);

    private bool IsReady(long number)
    {
        var gop = track[GopInTurn(number)];
        if (gop is { IsComplete: true })
        {
            Interlocked.CompareExchange(ref _init, gop.Configuration, comparand: null);
            return true;
        }

        return track.Timeline.UnitsIn(Kind, GopInTurn(number)) == 0;
    }
}
