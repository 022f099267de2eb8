using KnSock.Media;
using KnSock.Protocol;
using KnSock.Server.Sources;

namespace KnSock.Server.Channels;

/// <summary>
/// The GOPs of one rendition of a channel, one turn of the loop, as far as they are encoded and in memory. Readers say where they stand;
/// the <see cref="TrackFeeder"/> sees to it that what they need next is there.
/// </summary>
internal sealed class RenditionTrack(Rendition rendition, LoopTimeline timeline, MediaMemory memory, int leadGops, StoredTrack? stored = null)
{
    private readonly Gop?[] _gops = new Gop?[timeline.GopCount];
    private readonly Lock _lock = new();
    private readonly AsyncSignal _changed = new();
    private readonly AsyncSignal _demand = new();
    private volatile bool _isClosed;
    private (double Speed, TimeSpan At)? _encodingSpeed;

    public Rendition Rendition { get; } = rendition;

    public LoopTimeline Timeline => timeline;

    /// <summary>Who reads it, and where.</summary>
    public TrackReaders Readers { get; } = new(timeline.GopCount, leadGops, isRead => stored?.SetInUse(isRead));

    /// <summary>What the store holds of it. Null: there is no store.</summary>
    public StoredTrack? Stored => stored;

    /// <summary>Completes when units were added or given up, or the fault changed.</summary>
    public Task Changed => _changed.Next;

    /// <summary>Completes when a reader came, moved or left, or an encoder run ended.</summary>
    public Task DemandChanged => _demand.Next;

    /// <summary>Why the rendition cannot be made at present, in words. Null: it can.</summary>
    public string? Fault { get; private set; }

    /// <summary>Is called when <see cref="Fault"/> has changed. One listener, the track's channel.</summary>
    public Action? FaultChanged { get; set; }

    /// <summary>The GOP, if it is encoded or being encoded.</summary>
    public Gop? this[int gop] => Volatile.Read(ref _gops[gop]);

    /// <summary>Units that lie ready in a GOP.</summary>
    public int ReadyUnits(int gop) => this[gop]?.Count ?? 0;

    /// <summary>Somebody reads this rendition.</summary>
    public bool IsRead => Readers.Any;

    /// <summary>Its channel has ended: nothing more is made of it.</summary>
    public bool IsClosed => _isClosed;

    /// <summary>How fast it was encoded last while readers waited for it, in media time per time, and when that was. Null: never yet.</summary>
    public (double Speed, TimeSpan At)? EncodingSpeed
    {
        get
        {
            lock (_lock)
            {
                return _encodingSpeed;
            }
        }

        set
        {
            lock (_lock)
            {
                _encodingSpeed = value;
            }
        }
    }

    /// <summary>How much of the turn need not be encoded any more, 0 to 1: it is in memory or in the store.</summary>
    public double ReadyShare => Enumerable.Range(0, _gops.Length).Count(g => IsThere(g) || stored?.Has(g) == true) / (double)_gops.Length;

    /// <summary>A reader has nothing but what is being encoded this moment: all else has to stand back.</summary>
    public bool IsPressed => Readers.AnyNeeds(ahead: 1, gop => !IsThere(gop));

    /// <summary>Registers a reader that needs this GOP next.</summary>
    public TrackReader OpenReader(int gop)
    {
        var reader = new TrackReader(this, gop);
        Readers.Add(reader);
        _demand.Pulse();
        return reader;
    }

    /// <summary>The first GOP missing that a reader needs soon and that <paramref name="isCovered"/> does not say is on its way.</summary>
    public int? FirstMissing(Func<int, bool> isCovered) =>
        Readers.FirstNeeded(gop => this[gop] is null && timeline.UnitsIn(Rendition.Kind, gop) > 0 && !isCovered(gop));

    /// <summary>Begins a GOP. Called by encoder runs only. Null if another run has begun it, or the track is closed.</summary>
    public Gop? TryBegin(int index, DecoderConfiguration configuration, string? preset = null)
    {
        var units = timeline.UnitsIn(Rendition.Kind, index);
        var gop = new Gop(index, units, configuration, FrameWriter.Configuration(configuration, Rendition.Index), preset, ExpectedBytes(index, units));
        if (_isClosed || Interlocked.CompareExchange(ref _gops[index], gop, comparand: null) is not null)
        {
            return null;
        }

        SetFault(fault: null);
        return gop;
    }

    /// <summary>Adds a unit to a GOP that was begun.</summary>
    public void Append(Gop gop, AccessUnit unit)
    {
        gop.Append(unit, Rendition.Index);
        if (gop.IsComplete)
        {
            memory.Add(this, gop);
        }

        _changed.Pulse();
    }

    /// <summary>Takes a GOP from the store, if it is there, whole, and nobody has begun it. False if not.</summary>
    public async Task<bool> TryRestoreAsync(int index, CancellationToken cancellationToken)
    {
        if (stored is null || await stored.ReadAsync(index, cancellationToken) is not { } media
            || media.Units.Count != timeline.UnitsIn(Rendition.Kind, index) || TryBegin(index, media.Configuration) is not { } gop)
        {
            return false;
        }

        foreach (var unit in media.Units)
        {
            gop.Append(unit, Rendition.Index);
        }

        memory.Add(this, gop);
        _changed.Pulse();
        return true;
    }

    /// <summary>Lets a GOP that was encoded ahead of need go again, now that it is stored.</summary>
    public void Release(Gop gop) => memory.Release(this, gop);

    /// <summary>Takes back a GOP whose encoder ended in the middle.</summary>
    public void Abandon(Gop gop)
    {
        gop.Abandon();
        Volatile.Write(ref _gops[gop.Index], value: null);
        _changed.Pulse();
        // Who left it to this encoder has to have it made by another.
        _demand.Pulse();
    }

    /// <summary>Drops a GOP from memory unless a reader needs it soon.</summary>
    public bool TryEvict(Gop gop)
    {
        if (Readers.Want(gop.Index))
        {
            return false;
        }

        Volatile.Write(ref _gops[gop.Index], value: null);
        return true;
    }

    /// <summary>Lets all go that it holds. Whoever still reads it waits in vain.</summary>
    public void Close()
    {
        _isClosed = true;
        memory.Forget(this);
        Array.Clear(_gops);
        stored?.Dispose();
        _changed.Pulse();
    }

    /// <summary>Marks a GOP as just read.</summary>
    public void Touch(Gop gop) => memory.Touch(gop);

    public void SetFault(string? fault)
    {
        if (Fault != fault)
        {
            Fault = fault;
            _changed.Pulse();
            FaultChanged?.Invoke();
        }
    }

    /// <summary>Some more than the mean, so that most GOPs are written in one piece from the start.</summary>
    private int ExpectedBytes(int gop, int units)
    {
        var length = (timeline.GopStart(gop + 1) - timeline.GopStart(gop)).TotalSeconds;
        return (int)Math.Min(16 * 1024 * 1024, (Rendition.BitsPerSecond / 8 * length * 1.25) + (units * FrameHeader.Size));
    }

    private bool IsThere(int gop) => this[gop] is { IsComplete: true } || timeline.UnitsIn(Rendition.Kind, gop) == 0;

    public void PulseDemand() => _demand.Pulse();

    /// <summary>A reader has moved on: whoever feeds the track need not hear of it while all that the reader needs soon is there.</summary>
    internal void OnMoved(int gop)
    {
        for (var ahead = 0; ahead <= leadGops; ahead++)
        {
            if (!IsThere((gop + ahead) % _gops.Length))
            {
                _demand.Pulse();
                return;
            }
        }
    }

    internal void Close(TrackReader reader)
    {
        Readers.Remove(reader);
        _demand.Pulse();
    }
}
