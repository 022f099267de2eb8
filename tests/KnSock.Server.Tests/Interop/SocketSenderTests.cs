using System.Net.Sockets;
using KnSock.Server.Interop;
using KnSock.Server.Loops;
using KnSock.Server.Tests.Loops;

namespace KnSock.Server.Tests.Interop;

public sealed class SocketSenderTests
{
    [Fact]
    public void AsManyPiecesAsThereCanBeGoOutInOrder()
    {
        using var pair = new SocketPair();
        var segments = new Segments();
        for (byte i = 0; i < Segments.Most; i++)
        {
            segments.Add(new[] { i, i }, tag: 0);
        }

        Assert.Equal(2 * Segments.Most, SocketSender.Send(pair.Ours, segments));

        var received = new byte[2 * Segments.Most];
        Assert.Equal(received.Length, pair.Theirs.Receive(received, SocketFlags.None));
        Assert.Equal(Enumerable.Range(0, Segments.Most).SelectMany(i => new[] { (byte)i, (byte)i }), received);
    }
}
