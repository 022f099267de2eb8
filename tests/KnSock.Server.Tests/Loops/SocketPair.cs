using System.Net;
using System.Net.Sockets;

namespace KnSock.Server.Tests.Loops;

/// <summary>Two ends of a TCP connection on loopback.</summary>
internal sealed class SocketPair : IDisposable
{
    public SocketPair()
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        Theirs = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, ReceiveBufferSize = 16 * 1024 };
        Theirs.Connect(listener.LocalEndPoint!);
        Ours = listener.Accept();
        (Ours.Blocking, Ours.NoDelay, Ours.SendBufferSize) = (false, true, 16 * 1024);
    }

    /// <summary>The server's end; it does not wait.</summary>
    public Socket Ours { get; }

    public Socket Theirs { get; }

    /// <summary>Writes until there is no room.</summary>
    /// <returns>Bytes that went in.</returns>
    public int Fill()
    {
        var total = 0;
        var isSettled = false;
        while (true)
        {
            var sent = Ours.Send(new byte[64 * 1024], SocketFlags.None, out var error);
            if (error == SocketError.Success)
            {
                (total, isSettled) = (total + sent, false);
            }
            else if (isSettled)
            {
                return total;
            }
            else
            {
                // What is on its way frees its room a little later.
                Thread.Sleep(20);
                isSettled = true;
            }
        }
    }

    /// <summary>Takes exactly so much at the other end.</summary>
    public byte[] Take(int count)
    {
        var bytes = new byte[count];
        Theirs.ReceiveTimeout = 20_000;
        for (var got = 0; got < count;)
        {
            var more = Theirs.Receive(bytes.AsSpan(got));
            Assert.True(more > 0, "the connection ended");
            got += more;
        }

        return bytes;
    }

    /// <summary>Breaks off from the other end.</summary>
    public void Reset()
    {
        Theirs.LingerState = new LingerOption(enable: true, seconds: 0);
        Theirs.Dispose();
    }

    public void Dispose()
    {
        Ours.Dispose();
        Theirs.Dispose();
    }
}
