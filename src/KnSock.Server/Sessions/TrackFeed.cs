using KnSock.Server.Channels;

namespace KnSock.Server.Sessions;

/// <summary>One track of a viewing: where its cursor stands and what the viewer was told of it.</summary>
internal sealed class TrackFeed : IDisposable
{
    private readonly IRungs? _rungs;
    private (int Rendition, ReadOnlyMemory<byte> Frame)? _configured;
    private (RenditionTrack Track, long Turn, int Gop)? _marked;
    private bool _isFirst = true;

    /// <summary>Begins where the viewing does.</summary>
    /// <param name="viewing">The viewing.</param>
    /// <param name="track">The track to begin with.</param>
    /// <param name="rungs">Told at each step where the cursor stands; may move it to another rung. Null: there is only one.</param>
    public TrackFeed(Viewing viewing, RenditionTrack track, IRungs? rungs)
    {
        _rungs = rungs;
        Cursor = new TrackCursor(viewing.Channel.Timeline, track, viewing.Turn, viewing.Gop);
    }

    public TrackCursor Cursor { get; }

    /// <summary>What comes next does not continue what came before.</summary>
    public bool IsDiscontinuous => _isFirst || Cursor.HasSkipped;

    /// <summary>A mark has to stand before what comes next, however late the last one was sent. One that was sent, with nothing behind it yet, is enough.</summary>
    public bool NeedsMark => (Cursor.IsAtGopStart || IsDiscontinuous) && _marked != (Cursor.Track, Cursor.Turn, Cursor.Gop);

    /// <summary>It is to change over to another rung.</summary>
    public bool IsPending => _rungs?.IsPending == true;

    /// <summary>What comes next is not there yet, or not to be sent yet.</summary>
    public bool IsStarved { get; private set; }

    /// <summary>The GOP of the next unit, in the rung that is wanted. Null: it is not there yet, or not to be sent yet.</summary>
    public Gop? Peek(TimeSpan now)
    {
        _rungs?.Steer(Cursor, now);
        Gop? gop = null;
        IsStarved = _rungs is { IsHeld: true } || !Cursor.TryPeek(out gop);
        return gop;
    }

    /// <summary>Whether the viewer has the set-up for a GOP; those of one rung differ where different presets made them.</summary>
    public bool IsConfigured(Gop gop) =>
        _configured is { } last && last.Rendition == Cursor.Track.Rendition.Index
        && (last.Frame.Equals(gop.ConfigurationFrame) || last.Frame.Span.SequenceEqual(gop.ConfigurationFrame.Span));

    /// <summary>Bytes without meaning that are to be sent besides, to see whether the link carries them.</summary>
    public int PaddingDue(TimeSpan now) => _rungs?.PaddingDue(now) ?? 0;

    /// <summary>A mark was sent.</summary>
    public void Marked() => (_isFirst, _marked) = (false, (Cursor.Track, Cursor.Turn, Cursor.Gop));

    /// <summary>The set-up that the viewer has.</summary>
    public ReadOnlyMemory<byte> Configuration => _configured?.Frame ?? default;

    /// <summary>Another cursor reads for it from now on.</summary>
    public void Suspend()
    {
        _rungs?.Suspend();
        Cursor.Suspend();
    }

    /// <summary>It reads itself again.</summary>
    /// <param name="place">From where on.</param>
    /// <param name="gop">The GOP there, if it is at hand.</param>
    public void ResumeAt(Place place, Gop? gop) => Cursor.ResumeAt(place, gop);

    /// <summary>The set-up was sent.</summary>
    public void Configured(ReadOnlyMemory<byte> frame) => _configured = (Cursor.Track.Rendition.Index, frame);

    public void Dispose()
    {
        Cursor.Dispose();
        (_rungs as IDisposable)?.Dispose();
    }
}

/// <summary>Steers a cursor between the rungs of a channel.</summary>
internal interface IRungs
{
    /// <summary>Called before each run of units; may move the cursor to another rung.</summary>
    void Steer(TrackCursor cursor, TimeSpan now);

    /// <summary>Another rung is wanted than the one that is read.</summary>
    bool IsPending { get; }

    /// <summary>Nothing more is to be sent for the moment.</summary>
    bool IsHeld => false;

    /// <summary>Bytes without meaning that are to be sent besides.</summary>
    int PaddingDue(TimeSpan now) => 0;

    /// <summary>The cursor stands still until the next call; nothing is to be prepared for where it stands.</summary>
    void Suspend();
}
