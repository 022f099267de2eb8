using System.Net;
using System.Net.Sockets;

namespace KnSock.Testing.Processes;

/// <summary>Ports for servers under test.</summary>
public static class FreePorts
{
    // Below the range from which the kernel takes the ports of outgoing connections.
    private static int _next = 20_000 + (Environment.ProcessId * 37 % 10_000);

    /// <summary>A port N of which N, N + 1 and N + 10 are free. No two calls of a run give the same.</summary>
    public static int Find()
    {
        for (var attempt = 0; attempt < 200; attempt++)
        {
            var port = 20_000 + (Interlocked.Add(ref _next, 11) % 12_000);
            if (IsFree(port) && IsFree(port + 1) && IsFree(port + 10))
            {
                return port;
            }
        }

        throw new InvalidOperationException("no free ports");
    }

    private static bool IsFree(int port)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Any, port));
            socket.Listen();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
