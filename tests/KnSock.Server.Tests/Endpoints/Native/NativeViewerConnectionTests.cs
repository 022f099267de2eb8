using KnSock.Protocol.Messages;
using KnSock.Server.Access;
using KnSock.Server.Endpoints.Native;
using KnSock.Server.Loops;
using KnSock.Server.Sessions;
using KnSock.Server.Tests.Loops;
using Microsoft.Extensions.Logging.Abstractions;

namespace KnSock.Server.Tests.Endpoints.Native;

/// <summary>A viewer's connections on a loop that the test runs.</summary>
public sealed class NativeViewerConnectionTests : IDisposable
{
    private readonly ServerClock _clock = new(TimeProvider.System);
    private readonly PollingReadiness _readiness = new();
    private readonly Places _places = new(new PlaceLimits(1, MostPerAddress: null, "full", "full"));
    private readonly SocketPair _video = new();
    private readonly SocketPair _control = new();
    private readonly SenderLoop _loop;
    private readonly NativeViewerConnection _connection;
    private readonly Listener _listener = new();

    public NativeViewerConnectionTests()
    {
        _loop = new SenderLoop(_clock, NullLogger.Instance, _readiness);
        var hello = new Hello { KnSock = 1, Session = "x" };
        Assert.True(_places.TryTake(address: null, out var place, out _));
        _connection = new NativeViewerConnection(
            new IncomingConnection(_video.Ours, address: null, place),
            audio: null,
            new ControlPeer(new ControlConnection(_control.Ours), hello, _loop, [.. (byte[][])["early"u8.ToArray()]], Admission: null),
            _clock);
    }

    public void Dispose()
    {
        _connection.Dispose();
        _video.Dispose();
        _control.Dispose();
        _readiness.Dispose();
    }

    [Fact]
    public void WhatCameWithTheHelloIsHeardFirst()
    {
        _connection.Open(_loop, _listener);
        Assert.Equal(1, _listener.Heard);
    }

    /// <summary>The catalog goes out before the sockets are watched; its rest must not wait for another message.</summary>
    [Fact]
    public async Task ACatalogThatDoesNotFitAtOnceIsSentToItsEnd()
    {
        var line = new byte[900_000];
        Assert.True(_connection.Send(line));
        _connection.Open(_loop, _listener);

        var reading = Task.Run(() => _control.Take(line.Length));
        await Eventually.TrueAsync(() =>
        {
            Step();
            return reading.IsCompleted;
        });

        await reading;
    }

    /// <summary>A viewer that stops a selection while there is no room for it, and then selects nothing for long, takes all that it is sent.</summary>
    [Fact]
    public async Task NothingWaitsAnyMoreWhenThereIsRoomAgain()
    {
        _connection.Open(_loop, _listener);
        var filled = _video.Fill();
        var segments = new Segments();
        segments.Add(new byte[1000], 0);
        Assert.Equal(0, _connection.Video.Write(segments));
        Assert.NotNull(_connection.Video.WaitingSince);
        _connection.AwaitRoom();
        Step();
        Assert.NotNull(_connection.Video.WaitingSince);

        _video.Take(filled);

        await Eventually.TrueAsync(() => Step() == ConnectionEvent.Writable);
        Assert.Null(_connection.Video.WaitingSince);
        Assert.Equal(ConnectionEvent.None, Step());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task TheEndOfEitherConnectionIsTheViewersEnd(bool isVideo)
    {
        _connection.Open(_loop, _listener);
        (isVideo ? _video : _control).Theirs.Dispose();

        await Eventually.TrueAsync(() => Step() == ConnectionEvent.Closed);
    }

    /// <summary>Looks once and tells the connection, as the loop does.</summary>
    private ConnectionEvent Step()
    {
        var ready = new ReadySocket[4];
        var count = _readiness.Wait(TimeSpan.Zero, ready);
        var result = ConnectionEvent.None;
        for (var i = 0; i < count; i++)
        {
            // Watched in the order of their tags.
            var happened = _connection.OnReady(ready[i].Key, ready[i].For, _listener);
            result = happened > result ? happened : result;
        }

        return result;
    }

    private sealed class Listener : LoopMember, IMessageListener
    {
        public int Heard { get; private set; }

        public void OnMessage(ReadOnlySpan<byte> line, ReadOnlySpan<byte> behind) => Heard++;

        public override TimeSpan Run(TimeSpan now) => Never;

        public override bool OnReady(int tag, Interest ready, TimeSpan now) => false;

        public override void End(Exception? fault)
        {
        }
    }
}
