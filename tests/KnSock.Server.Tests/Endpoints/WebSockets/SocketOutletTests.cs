using System.Net.Sockets;
using KnSock.Protocol;
using KnSock.Server.Endpoints.WebSockets;
using KnSock.Server.Tests.Loops;

namespace KnSock.Server.Tests.Endpoints.WebSockets;

public sealed class SocketOutletTests
{
    private const int Patience = 20_000_000;

    [Fact]
    public void WhatIsToBeReadLaterWakesNobodyUntilThereIsEnoughOfItOrItIsToBeReadNow()
    {
        using var pair = new SocketPair();
        using var outlet = new SocketOutlet(pair.Ours, new ServerClock(TimeProvider.System));
        if (!outlet.TryReadLater(later: true))
        {
            return;
        }

        var report = new byte[300];
        pair.Theirs.Send(report);
        Assert.True(WaitFor(pair.Ours, report.Length));
        Assert.False(pair.Ours.Poll(0, SelectMode.SelectRead));
        outlet.TryReadLater(later: false);
        Assert.True(pair.Ours.Poll(0, SelectMode.SelectRead));

        outlet.TryReadLater(later: true);
        Assert.False(pair.Ours.Poll(0, SelectMode.SelectRead));
        pair.Theirs.Send(new byte[ProtocolLimits.HeardAtOnce - report.Length]);
        Assert.True(pair.Ours.Poll(Patience, SelectMode.SelectRead));
        pair.Ours.Receive(new byte[ProtocolLimits.HeardAtOnce]);

        // The end is told whatever lies there.
        Assert.False(pair.Ours.Poll(0, SelectMode.SelectRead));
        pair.Theirs.Shutdown(SocketShutdown.Send);
        Assert.True(pair.Ours.Poll(Patience, SelectMode.SelectRead));
    }

    private static bool WaitFor(Socket socket, int bytes) => SpinWait.SpinUntil(() => socket.Available >= bytes, TimeSpan.FromSeconds(20));
}
