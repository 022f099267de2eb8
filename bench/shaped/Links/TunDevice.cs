using System.ComponentModel;
using System.Runtime.InteropServices;
using System.Text;
using KnSock.Shaped.Links.Spaces;
using Microsoft.Win32.SafeHandles;

namespace KnSock.Shaped.Links;

/// <summary>A network device whose cable is this process (Linux, Documentation/networking/tuntap): packets that are sent over it are read here, what is written here it receives.</summary>
internal sealed class TunDevice : IDisposable
{
    private const uint SetInterface = 0x400454ca; // TUNSETIFF
    private const short TunWithoutHeader = 0x1001; // IFF_TUN | IFF_NO_PI
    private const int RequestLength = 40; // struct ifreq
    private const int NameLength = 16;

    // Without a buffer: each call is one packet. One thread may read while another writes.
    private readonly FileStream _packets;

    private TunDevice(SafeFileHandle handle) => _packets = new FileStream(handle, FileAccess.ReadWrite, bufferSize: 0);

    /// <summary>Creates the device in a namespace. It is gone when this is disposed.</summary>
    /// <exception cref="IOException">There are no such devices here.</exception>
    /// <exception cref="UnauthorizedAccessException">They may not be used.</exception>
    /// <exception cref="Win32Exception">It cannot be made.</exception>
    public static TunDevice Create(NetworkSpace space, string name) => new(space.Open(() =>
    {
        var handle = File.OpenHandle("/dev/net/tun", FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        var request = new byte[RequestLength];
        Encoding.ASCII.GetBytes(name, request);
        BitConverter.TryWriteBytes(request.AsSpan(NameLength), TunWithoutHeader);
        return Control(handle, SetInterface, request) == 0 ? handle : throw new Win32Exception();
    }));

    /// <summary>Waits for the next packet that is sent over it.</summary>
    /// <exception cref="IOException">The device is gone.</exception>
    public int Read(Span<byte> packet) => _packets.Read(packet);

    /// <summary>Has it receive a packet.</summary>
    /// <exception cref="IOException">The device is gone, or is not up.</exception>
    public void Write(ReadOnlySpan<byte> packet) => _packets.Write(packet);

    /// <inheritdoc/>
    public void Dispose() => _packets.Dispose();

    [DllImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Control(SafeFileHandle handle, nuint request, byte[] argument);
}
