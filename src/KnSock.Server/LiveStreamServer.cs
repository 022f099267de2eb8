using System.Diagnostics.Metrics;
using System.Net;
using KnSock.Protocol;
using KnSock.Protocol.Messages;
using KnSock.Server.Adaptation;
using KnSock.Server.Channels;
using KnSock.Server.Diagnostics;
using KnSock.Server.Encoding;
using KnSock.Server.Endpoints.Http;
using KnSock.Server.Endpoints.Native;
using KnSock.Server.Loops;
using KnSock.Server.Sessions;
using KnSock.Server.Sources;
using KnSock.Server.Store;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace KnSock.Server;

/// <summary>Serves video files as channels to any number of viewers.</summary>
public sealed class LiveStreamServer : IAsyncDisposable
{
    private static readonly TimeSpan ProbeTimeout = TimeSpan.FromSeconds(20);

    private readonly LiveStreamServerOptions _options;
    private readonly ILogger _logger;
    private readonly ServerClock _clock;
    private readonly ServerMetrics _metrics;
    private readonly EncoderPlaces _encoderPlaces;
    private readonly StoreWriter _storeWriter = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly Lock _lock = new();
    private NativeListeners? _listeners;
    private FfmpegTools? _tools;
    private DecisionLog? _decisions;
    private readonly EncodingSupervisor _supervisor;
    private readonly ChannelLineup _channels = new(new AsyncSignal());
    private RenditionStore? _store;
    private Task _running = Task.CompletedTask;
    private Task? _stopped;

    /// <summary>Creates a server; nothing is opened yet.</summary>
    /// <param name="options">What to serve, where and within which limits.</param>
    /// <param name="loggerFactory">Where the server logs. Null: nowhere.</param>
    /// <param name="meterFactory">Where its instruments are made. Null: a meter of its own.</param>
    /// <exception cref="ArgumentException">An option is out of range; the message names it.</exception>
    public LiveStreamServer(LiveStreamServerOptions options, ILoggerFactory? loggerFactory = null, IMeterFactory? meterFactory = null)
    {
        options.Validate();
        _options = options;
        _logger = (loggerFactory ?? NullLoggerFactory.Instance).CreateLogger("KnSock.Server");
        _clock = new ServerClock(options.TimeProvider);
        _metrics = new ServerMetrics(meterFactory);
        _encoderPlaces = new EncoderPlaces(options.Encoding.MaxProcesses);
        _supervisor = new EncodingSupervisor(_clock, _logger);
    }

    /// <summary>The channels on offer; empty before the server was started.</summary>
    public IReadOnlyList<ChannelInfo> Channels => [.. _channels.Select(c => c.Info)];

    /// <summary>The address that it listens on. Null: it was not started.</summary>
    internal IPAddress? Address { get; private set; }

    /// <summary>The port of the picture; the one that is held once the server was started.</summary>
    public int VideoPort => _listeners?.VideoPort ?? _options.VideoPort;

    /// <summary>The port of the sound; the one that is held once the server was started.</summary>
    public int AudioPort => _listeners?.AudioPort ?? _options.AudioPort;

    /// <summary>The control port; the one that is held once the server was started.</summary>
    public int ControlPort => _listeners?.ControlPort ?? _options.EffectiveControlPort;

    /// <summary>What endpoints besides the native one go by. Null: the server does not run yet.</summary>
    internal Serving? Serving { get; private set; }

    /// <summary>Probes the files and opens the ports; returns when viewers can connect.</summary>
    /// <exception cref="LiveStreamServerException">A file cannot be served, a port is taken, or ffmpeg is missing; nothing stays open.</exception>
    /// <exception cref="InvalidOperationException">The server was started before.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (_listeners is not null)
        {
            throw new InvalidOperationException("the server was started already");
        }

        var address = await ResolveAsync(_options.Host, cancellationToken);
        Address = address;
        _listeners = NativeListeners.Open(address, _options.VideoPort, _options.AudioPort, _options.EffectiveControlPort);
        try
        {
            await OpenChannelsAsync(cancellationToken);
            _decisions = _options.DecisionLogPath is { } path ? new DecisionLog(path, _logger) : null;
            _running = RunAsync(_listeners);
        }
        catch
        {
            _listeners.Dispose();
            _listeners = null;
            throw;
        }
    }

    /// <summary>Ends all sessions and encoders.</summary>
    /// <param name="cancellationToken">Gives up waiting for them.</param>
    public Task StopAsync(CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            _stopped ??= StopOnceAsync();
        }

        return _stopped.WaitAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await StopAsync(CancellationToken.None);

    private async Task StopOnceAsync()
    {
        await _stopping.CancelAsync();
        try
        {
            await _running;
        }
        finally
        {
            _listeners?.Dispose();
            if (_decisions is not null)
            {
                await _decisions.DisposeAsync();
            }

            if (_store is not null)
            {
                await _store.DisposeAsync();
            }

            _encoderPlaces.Dispose();
            _metrics.Dispose();
            _stopping.Dispose();
        }
    }

    private async Task OpenChannelsAsync(CancellationToken cancellationToken)
    {
        var tools = _tools = await FfmpegTools.FindAsync(cancellationToken);
        var prober = new SourceProber(tools, ProbeTimeout, _clock);
        _store = _options.Store.IsEnabled ? new RenditionStore(_options.Store, _metrics, _clock.Provider, _logger) : null;
        var factory = new ChannelFactory(_options, tools, _store, _encoderPlaces, _clock, _metrics, _logger);
        foreach (var path in _options.VideoPaths)
        {
            var source = await prober.ProbeAsync(path, cancellationToken);
            var media = await factory.CreateAsync(_channels.FreeName(source.FileName), source, isLive: true, cancellationToken);
            _channels.TryAdd(media.Name, index => factory.Open(index, media, _storeWriter, () => _supervisor.Preset, _channels.Changed));
        }
    }

    private async Task RunAsync(NativeListeners listeners)
    {
        var serving = Prepare();
        Serving = serving;
        var native = new NativeEndpointOptions { Greeting = () => Greet(listeners), HandshakeTimeout = _options.HandshakeTimeout };
        var endpoint = new NativeEndpoint(listeners, native, serving.Sessions, serving.Loops, _clock, _logger);
        var fill = new BackgroundFill(_channels.Select(c => c.Media), _store, _options.Encoding, _encoderPlaces, _clock.Provider, _logger);
        await Task.WhenAll(
        [
            endpoint.RunAsync(_stopping.Token), serving.Loops.RunAsync(_stopping.Token), fill.RunAsync(_stopping.Token), _storeWriter.RunAsync(_stopping.Token),
            _supervisor.RunAsync(_channels, _stopping.Token), WatchStoreAsync(_stopping.Token), _channels.RunAsync(_stopping.Token),
            serving.Context.Uplink?.RunAsync(_clock.Provider, _stopping.Token) ?? Task.CompletedTask,
        ]);
    }

    private Greeting Greet(NativeListeners listeners) => new()
    {
        Videos = [.. _channels.Select(c => c.Name)],
        KnSock = ProtocolLimits.Version,
        OldestKnSock = ProtocolLimits.Version,
        AudioPort = listeners.AudioPort,
        ControlPort = listeners.ControlPort,
        SharedAudio = true,
    };

    private Serving Prepare()
    {
        var context = new SessionContext
        {
            Channels = _channels,
            Catalog = new CatalogLine(_channels, _channels.Changed),
            Clock = _clock,
            Metrics = _metrics,
            Logger = _logger,
            MaxBuffer = _options.MaxBuffer,
            LargestBatch = _options.LargestBatch,
            NoProgressTimeout = _options.NoProgressTimeout,
            Decisions = _decisions,
            Uplink = _options.MaxUplink is { } limit ? new Uplink(limit) : null,
        };
        return new Serving
        {
            Context = context,
            Sessions = new ViewerSessions(context, _options.MaxSessions),
            Loops = new SenderLoops(_options.SenderLoops ?? Environment.ProcessorCount, _clock, _logger),
            Posters = new Posters(new PosterFrame(_tools!, ProbeTimeout, _clock), _stopping.Token),
            HandshakeTimeout = _options.HandshakeTimeout,
        };
    }

    /// <summary>Has the catalog say when the store takes nothing, and when it does again.</summary>
    private async Task WatchStoreAsync(CancellationToken cancellationToken)
    {
        while (_store is not null && !cancellationToken.IsCancellationRequested)
        {
            var (changed, others) = (_store.Changed, _channels.Changed.Next);
            var reason = _store.State.Reason;
            foreach (var channel in _channels)
            {
                channel.WarnOfStore(reason is null ? null : $"{reason}; what is encoded is kept in memory only");
            }

            Task either = Task.WhenAny(changed, others);
            await either.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static async Task<IPAddress> ResolveAsync(string host, CancellationToken cancellationToken)
    {
        if (IPAddress.TryParse(host, out var address))
        {
            return address;
        }

        try
        {
            return (await Dns.GetHostAddressesAsync(host, cancellationToken))[0];
        }
        catch (Exception e) when (e is System.Net.Sockets.SocketException or ArgumentException or IndexOutOfRangeException)
        {
            throw new LiveStreamServerException($"{DisplayText.Clean(host)} is not an address to listen on; use 0.0.0.0 or an address of this machine", e);
        }
    }
}
