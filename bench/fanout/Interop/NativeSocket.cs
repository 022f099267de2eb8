using System.Buffers.Binary;
using System.ComponentModel;
using System.Net;
using System.Runtime.InteropServices;

namespace KnSock.Fanout.Interop;

/// <summary>A non-blocking TCP socket over IPv4 that costs a system call and nothing else.</summary>
internal sealed class NativeSocket : IDisposable
{
    /// <summary>Nothing is there, or no room.</summary>
    public const int WouldBlock = -1;

    /// <summary>The connection is broken.</summary>
    public const int Broken = -2;

    private const int AddressSize = 16;
    private const int InternetFamily = 2;
    private const int StreamNonBlockingCloseOnExec = 1 | 0x800 | 0x80000;
    private const int NonBlockingCloseOnExec = 0x800 | 0x80000;
    private const int NoSignal = 0x4000;
    private const int SocketLevel = 1;
    private const int ErrorOption = 4;
    private const int ReceiveBufferOption = 8;
    private const int ReuseAddressOption = 2;
    private const int TcpLevel = 6;
    private const int NoDelayOption = 1;
    private const int QuickAcknowledgementOption = 12;
    private const int ErrorAgain = 11;
    private const int ErrorInterrupted = 4;
    private const int ErrorInProgress = 115;

    private NativeSocket(int descriptor) => Descriptor = descriptor;

    /// <summary>Its number; -1 once it is closed.</summary>
    public int Descriptor { get; private set; }

    /// <summary>Begins to connect; it is done when the socket is writable.</summary>
    /// <param name="server">An IPv4 address.</param>
    /// <param name="receiveBuffer">What the kernel may hold unread, bytes. Null: as much as it finds right.</param>
    /// <exception cref="Win32Exception">No socket is to be had, or nobody listens.</exception>
    public static NativeSocket Connect(IPEndPoint server, int? receiveBuffer = null)
    {
        var socket = Open();
        if (receiveBuffer is { } bytes)
        {
            socket.Set(SocketLevel, ReceiveBufferOption, bytes);
        }

        socket.Set(TcpLevel, NoDelayOption, 1);
        Span<byte> address = stackalloc byte[AddressSize];
        Write(server, address);
        if (LibC.Connect(socket.Descriptor, ref address[0], AddressSize) != 0 && Marshal.GetLastPInvokeError() != ErrorInProgress)
        {
            throw socket.Fault();
        }

        return socket;
    }

    /// <summary>Listens on a free port of this machine.</summary>
    public static NativeSocket Listen(out int port)
    {
        var socket = Open();
        socket.Set(SocketLevel, ReuseAddressOption, 1);
        Span<byte> address = stackalloc byte[AddressSize];
        Write(new IPEndPoint(IPAddress.Loopback, 0), address);
        var length = AddressSize;
        if (LibC.Bind(socket.Descriptor, ref address[0], AddressSize) != 0 || LibC.Listen(socket.Descriptor, 4096) != 0
            || LibC.GetSocketName(socket.Descriptor, ref address[0], ref length) != 0)
        {
            throw socket.Fault();
        }

        port = BinaryPrimitives.ReadUInt16BigEndian(address[2..]);
        return socket;
    }

    /// <summary>A connection that has come. Null: there is none.</summary>
    public NativeSocket? Accept()
    {
        var descriptor = LibC.Accept(Descriptor, 0, 0, NonBlockingCloseOnExec);
        if (descriptor < 0)
        {
            return Marshal.GetLastPInvokeError() is ErrorAgain or ErrorInterrupted ? null : throw new Win32Exception(Marshal.GetLastPInvokeError());
        }

        var socket = new NativeSocket(descriptor);
        socket.Set(TcpLevel, NoDelayOption, 1);
        return socket;
    }

    /// <summary>Why connecting failed; 0: it did not.</summary>
    public int TakeError()
    {
        int error = 0, length = sizeof(int);
        return LibC.GetSocketOption(Descriptor, SocketLevel, ErrorOption, ref error, ref length) == 0 ? error : -1;
    }

    /// <summary>Reads what is there.</summary>
    /// <returns>Bytes read, 0 at the end, <see cref="WouldBlock"/> or <see cref="Broken"/>.</returns>
    public int Receive(Span<byte> buffer) => ResultOf(LibC.Receive(Descriptor, ref MemoryMarshal.GetReference(buffer), (nuint)buffer.Length, 0));

    /// <summary>Hands over what there is room for.</summary>
    /// <returns>Bytes taken, <see cref="WouldBlock"/> or <see cref="Broken"/>.</returns>
    public int Send(ReadOnlySpan<byte> bytes) => ResultOf(LibC.Send(Descriptor, in MemoryMarshal.GetReference(bytes), (nuint)bytes.Length, NoSignal));

    /// <summary>Nothing more is sent on it: what comes is acknowledged when it is read, and not with the next that comes.</summary>
    public void OnlyReceives() => Set(TcpLevel, QuickAcknowledgementOption, 1);

    /// <inheritdoc/>
    public void Dispose()
    {
        if (Descriptor >= 0)
        {
            _ = LibC.Close(Descriptor);
            Descriptor = -1;
        }
    }

    private static int ResultOf(nint result) => result >= 0 ? (int)result
        : Marshal.GetLastPInvokeError() is ErrorAgain or ErrorInterrupted ? WouldBlock : Broken;

    private static NativeSocket Open()
    {
        var descriptor = LibC.Socket(InternetFamily, StreamNonBlockingCloseOnExec, 0);
        return descriptor >= 0 ? new NativeSocket(descriptor) : throw new Win32Exception(Marshal.GetLastPInvokeError());
    }

    private static void Write(IPEndPoint endPoint, Span<byte> address)
    {
        address.Clear();
        // The family is in the machine's own order, the port in the network's.
        MemoryMarshal.Write(address, (ushort)InternetFamily);
        BinaryPrimitives.WriteUInt16BigEndian(address[2..], (ushort)endPoint.Port);
        endPoint.Address.TryWriteBytes(address[4..], out _);
    }

    private void Set(int level, int option, int value) => _ = LibC.SetSocketOption(Descriptor, level, option, ref value, sizeof(int));

    private Win32Exception Fault()
    {
        var error = Marshal.GetLastPInvokeError();
        Dispose();
        return new Win32Exception(error);
    }
}
