using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace KnSock.Server.Tests.Store;

/// <summary>Reads one store's own instruments.</summary>
internal sealed class StoreFigures : IMeterFactory
{
    private readonly MeterListener _listener = new();
    private readonly ConcurrentDictionary<string, long> _figures = new(StringComparer.Ordinal);
    private Meter? _meter;

    public StoreFigures()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter == _meter)
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) =>
        {
            var name = tags.Length == 0 ? instrument.Name : $"{instrument.Name} {tags[0].Value}";
            _figures.AddOrUpdate(name, value, (_, sum) => instrument.IsObservable ? value : sum + value);
        });
        _listener.Start();
    }

    /// <summary>A figure by the instrument's name without <c>knsock.store.</c>, and the result where it has one.</summary>
    public long this[string name]
    {
        get
        {
            _listener.RecordObservableInstruments();
            return _figures.GetValueOrDefault($"knsock.store.{name}");
        }
    }

    /// <summary>Encoder processes that were started.</summary>
    public long EncodersStarted => _figures.Where(f => f.Key.StartsWith("knsock.server.encoders.started", StringComparison.Ordinal)).Sum(f => f.Value);

    public Meter Create(MeterOptions options) => _meter = new Meter(options);

    public void Dispose() => _listener.Dispose();
}
