using System.Net.Sockets;
using KnSock.Server.Diagnostics;
using KnSock.Server.Endpoints.Legacy;
using KnSock.Server.Sessions;
using KnSock.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace KnSock.Server.Tests.Endpoints.Legacy;

/// <summary>How long the one answer of a kn-sock client is waited for, whose user may be choosing a video meanwhile; on virtual time.</summary>
public sealed class LegacyPatienceTests : IDisposable
{
    private static readonly TimeSpan HandshakeTimeout = TimeSpan.FromSeconds(5);

    private readonly ManualTimeProvider _time = new();
    private readonly ServerMetrics _metrics = new(factory: null);
    private readonly List<Socket> _sockets = [];
    private readonly LegacyEndpoint _endpoint;

    public LegacyPatienceTests()
    {
        var context = new SessionContext
        {
            Channels = [],
            Catalog = new CatalogLine([], new AsyncSignal()),
            Clock = new ServerClock(_time),
            Metrics = _metrics,
            Logger = NullLogger.Instance,
            MaxBuffer = TimeSpan.FromSeconds(4),
            LargestBatch = TimeSpan.FromSeconds(1),
            NoProgressTimeout = TimeSpan.FromSeconds(10),
            Decisions = null,
        };
        _endpoint = new LegacyEndpoint(context, sessions: null!, loops: null!, HandshakeTimeout);
    }

    public void Dispose()
    {
        _sockets.ForEach(s => s.Dispose());
        _metrics.Dispose();
    }

    [Fact]
    public async Task AUserWhoIsAskedHasAMinute()
    {
        var (waiting, _) = Greet(isAsked: true);
        _time.Advance(LegacyEndpoint.ChoiceTimeout - TimeSpan.FromMilliseconds(10));
        Assert.False(waiting.IsCompleted);

        _time.Advance(TimeSpan.FromMilliseconds(10));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
    }

    [Fact]
    public async Task AnAnswerInThatMinuteIsHeard()
    {
        var (waiting, client) = Greet(isAsked: true);
        _time.Advance(LegacyEndpoint.ChoiceTimeout - TimeSpan.FromSeconds(1));
        await client.SendAsync("{\"index\": 1}\n"u8.ToArray());

        await waiting;
    }

    [Fact]
    public async Task WhereThereIsNothingToChooseTheHandshakesTimeHolds()
    {
        var (waiting, _) = Greet(isAsked: false);
        _time.Advance(HandshakeTimeout - TimeSpan.FromMilliseconds(10));
        Assert.False(waiting.IsCompleted);

        _time.Advance(TimeSpan.FromMilliseconds(10));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
    }

    [Fact]
    public async Task SoManyMayChooseAndNoMore()
    {
        var waiting = Enumerable.Range(0, LegacyEndpoint.MostUndecided + 3).Select(_ => Greet(isAsked: true).Waiting).ToList();
        _time.Advance(HandshakeTimeout);
        await Eventually.TrueAsync(() => waiting.Count(w => w.IsCompleted) == 3);

        _time.Advance(LegacyEndpoint.ChoiceTimeout - HandshakeTimeout);
        await Eventually.TrueAsync(() => waiting.All(w => w.IsCompleted));
        Assert.All(waiting, w => Assert.True(w.IsCanceled));

        // Their places are free again.
        var (next, client) = Greet(isAsked: true);
        _time.Advance(HandshakeTimeout * 2);
        await client.SendAsync("{}\n"u8.ToArray());
        await next;
    }

    private (Task Waiting, Socket Client) Greet(bool isAsked)
    {
        using var listener = new Socket(SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, 0));
        listener.Listen();
        var client = new Socket(SocketType.Stream, ProtocolType.Tcp);
        client.Connect(listener.LocalEndPoint!);
        var server = listener.Accept();
        _sockets.AddRange([client, server]);
        return (_endpoint.AwaitAnswerAsync(server, isAsked, CancellationToken.None), client);
    }
}
