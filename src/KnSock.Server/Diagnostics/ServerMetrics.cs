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

    public ServerMetrics(IMeterFactory? factory)
    {
        _meter = factory?.Create("KnSock.Server") ?? new Meter("KnSock.Server");
        _sessions = _meter.CreateUpDownCounter<long>("knsock.server.sessions", "{session}", "Viewer sessions");
        _encoders = _meter.CreateUpDownCounter<long>("knsock.server.encoders", "{process}", "Encoder processes running");
        _encodersStarted = _meter.CreateCounter<long>("knsock.server.encoders.started", "{process}", "Encoder processes started");
        _bytes = _meter.CreateCounter<long>("knsock.server.sent", "By", "Media bytes sent");
        _messagesIgnored = _meter.CreateCounter<long>("knsock.server.messages.ignored", "{message}", "Messages of viewers that were malformed, not plausible or too frequent");
    }

    public void SessionStarted() => _sessions.Add(1);

    public void SessionEnded() => _sessions.Add(-1);

    public void EncoderStarted(Rendition rendition)
    {
        _encoders.Add(1);
        _encodersStarted.Add(1, new KeyValuePair<string, object?>("knsock.track", rendition.Kind == TrackKind.Video ? "video" : "audio"));
    }

    public void EncoderEnded() => _encoders.Add(-1);

    public void Sent(int bytes) => _bytes.Add(bytes);

    public void MessageIgnored() => _messagesIgnored.Add(1);

    public void Dispose() => _meter.Dispose();
}
