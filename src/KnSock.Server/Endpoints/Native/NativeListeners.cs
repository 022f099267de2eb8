using System.Net;
using System.Net.Sockets;

namespace KnSock.Server.Endpoints.Native;

/// <summary>The three listening sockets.</summary>
internal sealed record NativeListeners(Socket Video, Socket Audio, Socket Control) : IDisposable
{
    private const int Backlog = 512;

    public int VideoPort => PortOf(Video);

    public int AudioPort => PortOf(Audio);

    public int ControlPort => PortOf(Control);

    /// <summary>Takes all three ports or none.</summary>
    /// <exception cref="LiveStreamServerException">One is taken or not allowed, or the address is not this machine's.</exception>
    public static NativeListeners Open(IPAddress address, int videoPort, int audioPort, int controlPort)
    {
        var opened = new List<Socket>();
        try
        {
            foreach (var (port, option) in ((int, string)[])
                [(videoPort, "video port"), (audioPort, "audio port"), (controlPort, "control port")])
            {
                opened.Add(Listen(address, port, option));
            }

            return new NativeListeners(opened[0], opened[1], opened[2]);
        }
        catch
        {
            opened.ForEach(s => s.Dispose());
            throw;
        }
    }

    public void Dispose()
    {
        Video.Dispose();
        Audio.Dispose();
        Control.Dispose();
    }

    private static Socket Listen(IPAddress address, int port, string option)
    {
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            if (address.Equals(IPAddress.IPv6Any))
            {
                socket.DualMode = true;
            }

            socket.Bind(new IPEndPoint(address, port));
            socket.Listen(Backlog);
            return socket;
        }
        catch (SocketException e)
        {
            socket.Dispose();
            throw new LiveStreamServerException(Explain(e, address, port, option), e);
        }
    }

    private static string Explain(SocketException e, IPAddress address, int port, string option) => e.SocketErrorCode switch
    {
        SocketError.AddressAlreadyInUse => $"the {option} {port} is in use; end the program that holds it or choose another port",
        SocketError.AccessDenied => $"the {option} {port} may not be opened by this user; choose one above 1023",
        SocketError.AddressNotAvailable => $"{address} is not an address of this machine; listen on 0.0.0.0 or on one of its own",
        _ => $"the {option} {port} on {address} cannot be opened ({e.Message}); choose another port or address",
    };

    private static int PortOf(Socket socket) => ((IPEndPoint)socket.LocalEndPoint!).Port;
}
