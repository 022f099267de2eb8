using System.Diagnostics.Metrics;
using KnSock.Media;

namespace KnSock.Server.Diagnostics;

/// <summary>The server's instruments, meter <c>KnSock.Server</c>.</summary>
internal sealed class ServerMetrics : IDisposable
{
    private readonly Meter _meter;
    private readonly UpDownCounter<long> _sessions;
    private readonly UpDownCounter<long> _encoders;
    private readonly Counter<long> _encodersStarted;
    private readonly Counter<long> _bytes;
    private readonly Counter<long> _messagesIgnored;
    private readonly Counter<long> _feedbackDisbelieved;
    private readonly Counter<long> _connectionsRefused;
    private readonly Counter<long> _storeReads;
    private readonly Counter<long> _storeWrites;
    private readonly Counter<long> _storeEvicted;
    private long _sent;
    private Func<(long Bytes, bool IsFull)>? _store;

    public ServerMetrics(IMeterFactory? factory)
    {
        _meter = factory?.Create("KnSock.Server") ?? new Meter("KnSock.Server");
        _sessions = _meter.CreateUpDownCounter<long>("knsock.server.sessions", "{session}", "Viewer sessions");
        _encoders = _meter.CreateUpDownCounter<long>("knsock.server.encoders", "{process}", "Encoder processes running");
        _encodersStarted = _meter.CreateCounter<long>("knsock.server.encoders.started", "{process}", "Encoder processes started");
        _bytes = _meter.CreateCounter<long>("knsock.server.sent", "By", "Media bytes sent");
        _messagesIgnored = _meter.CreateCounter<long>("knsock.server.messages.ignored", "{message}", "Messages of viewers that were malformed, not plausible or too frequent");
        _feedbackDisbelieved = _meter.CreateCounter<long>("knsock.server.feedback.disbelieved", "{report}", "Reports of playout that cannot be true");
        _connectionsRefused = _meter.CreateCounter<long>("knsock.server.connections.refused", "{connection}", "Connections and viewers that were sent away");
        _storeReads = _meter.CreateCounter<long>("knsock.store.reads", "{gop}", "GOPs looked for in the store");
        _storeWrites = _meter.CreateCounter<long>("knsock.store.writes", "{gop}", "GOPs given to the store");
        _storeEvicted = _meter.CreateCounter<long>("knsock.store.evicted", "{gop}", "GOPs dropped from the store to make room");
        _meter.CreateObservableUpDownCounter("knsock.store.size", () => OfStore(s => s.Bytes), "By", "Bytes in the store");
        _meter.CreateObservableGauge("knsock.store.full", () => OfStore(s => s.IsFull ? 1 : 0), "1", "Whether the store is full and takes nothing (0 or 1)");
    }

    public void SessionStarted() => _sessions.Add(1);

    public void SessionEnded() => _sessions.Add(-1);

    public void EncoderStarted(Rendition rendition)
    {
        _encoders.Add(1);
        _encodersStarted.Add(1, new KeyValuePair<string, object?>("knsock.track", rendition.Kind == TrackKind.Video ? "video" : "audio"));
    }

    public void EncoderEnded() => _encoders.Add(-1);

    /// <summary>Media bytes sent so far.</summary>
    public long SentBytes => Interlocked.Read(ref _sent);

    public void Sent(long bytes)
    {
        Interlocked.Add(ref _sent, bytes);
        _bytes.Add(bytes);
    }

    public void MessageIgnored() => _messagesIgnored.Add(1);

    /// <summary>A connection or a viewer was sent away: there were too many sessions (<c>full</c>), too many were connecting (<c>pending</c>), or it had no good viewer token (<c>token</c>).</summary>
    public void ConnectionRefused(string reason) => _connectionsRefused.Add(1, new KeyValuePair<string, object?>("knsock.reason", reason));

    /// <summary>A report of playout cannot be true: it is <c>ahead</c>, <c>back</c>, <c>standing</c>, <c>older</c>, or too much of a <c>buffer</c>.</summary>
    public void FeedbackDisbelieved(string reason) => _feedbackDisbelieved.Add(1, new KeyValuePair<string, object?>("knsock.reason", reason));

    /// <summary>A GOP was looked for: <c>hit</c>, <c>miss</c> or <c>damaged</c>.</summary>
    public void StoreRead(string result) => _storeReads.Add(1, new KeyValuePair<string, object?>("knsock.result", result));

    /// <summary>A GOP was given to the store: <c>stored</c>, <c>refused</c> or <c>failed</c>.</summary>
    public void StoreWritten(string result) => _storeWrites.Add(1, new KeyValuePair<string, object?>("knsock.result", result));

    public void StoreEvicted() => _storeEvicted.Add(1);

    /// <summary>Observes a store from now on. Null: none.</summary>
    public void ObserveStore(Func<(long Bytes, bool IsFull)>? store) => _store = store;

    public void Dispose() => _meter.Dispose();

    private IEnumerable<Measurement<long>> OfStore(Func<(long Bytes, bool IsFull), long> figure) =>
        _store is { } store ? [new Measurement<long>(figure(store()))] : [];
}
