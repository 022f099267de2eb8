using System.Net;
using System.Net.Sockets;

namespace KnSock.Testing.Tests;

/// <summary>Sends to whoever connects, as fast as it can.</summary>
internal sealed class Flood : IDisposable
{
    private readonly Socket _listener;
    private long _sent;

    public Flood(Socket listener, IPEndPoint address)
    {
        _listener = listener;
        _listener.Bind(address);
        _listener.Listen();
        _ = SendAsync();
    }

    public long Sent => Interlocked.Read(ref _sent);

    public static Flood OnLoopback(int port) =>
        new(new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp), new IPEndPoint(IPAddress.Loopback, port));

    public void Dispose() => _listener.Dispose();

    private async Task SendAsync()
    {
        try
        {
            using var viewer = await _listener.AcceptAsync();
            var buffer = new byte[32 * 1024];
            while (true)
            {
                Interlocked.Add(ref _sent, await viewer.SendAsync(buffer));
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The viewer went.
        }
    }
}
