using System.Diagnostics.Metrics;

namespace KnSock.Server.Tests.Endpoints.Native;

/// <summary>Reads one server's own instruments.</summary>
internal sealed class ServerGauges : IMeterFactory
{
    private readonly MeterListener _listener = new();
    private Meter? _meter;
    private long _sessions;
    private long _encoders;
    private long _ignored;

    public ServerGauges()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter == _meter)
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, _, _) =>
        {
            if (instrument.Name is "knsock.server.sessions")
            {
                Interlocked.Add(ref _sessions, value);
            }
            else if (instrument.Name is "knsock.server.encoders")
            {
                Interlocked.Add(ref _encoders, value);
            }
            else if (instrument.Name is "knsock.server.messages.ignored")
            {
                Interlocked.Add(ref _ignored, value);
            }
        });
        _listener.Start();
    }

    public long Sessions => Interlocked.Read(ref _sessions);

    public long Encoders => Interlocked.Read(ref _encoders);

    /// <summary>Messages that were of no account.</summary>
    public long Ignored => Interlocked.Read(ref _ignored);

    public Meter Create(MeterOptions options) => _meter = new Meter(options);

    public void Dispose() => _listener.Dispose();
}
