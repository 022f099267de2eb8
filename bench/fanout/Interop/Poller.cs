using System.ComponentModel;
using System.Runtime.InteropServices;

namespace KnSock.Fanout.Interop;

/// <summary>What a socket is waited for.</summary>
[Flags]
internal enum Readiness
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Bytes to read, or the end.</summary>
    Readable = 0x1,

    /// <summary>Room to write, or a connection that is made.</summary>
    Writable = 0x4,
}

/// <summary>Waits for many sockets at once (epoll, level-triggered).</summary>
internal sealed class Poller : IDisposable
{
    private const int Add = 1;
    private const int Delete = 2;
    private const int Modify = 3;
    private const int CloseOnExec = 0x80000;
    private const int Most = 512;

    // struct epoll_event is packed on x86-64 only.
    private static readonly int DataOffset = RuntimeInformation.ProcessArchitecture is Architecture.X64 ? 4 : 8;
    private static readonly int EventSize = DataOffset + sizeof(long);

    private readonly byte[] _events = GC.AllocateArray<byte>(Most * EventSize, pinned: true);
    private int _descriptor = LibC.EpollCreate(CloseOnExec);

    /// <summary>Begins to wait for a socket.</summary>
    /// <param name="socket">The socket.</param>
    /// <param name="readiness">What for.</param>
    /// <param name="key">Comes back with each event.</param>
    public void Watch(NativeSocket socket, Readiness readiness, long key) => Control(Add, socket, readiness, key);

    /// <summary>Waits for something else.</summary>
    public void Change(NativeSocket socket, Readiness readiness, long key) => Control(Modify, socket, readiness, key);

    /// <summary>Waits for it no longer.</summary>
    public void Forget(NativeSocket socket) => Control(Delete, socket, Readiness.None, 0);

    /// <summary>Waits until something is ready, and gives the number of events.</summary>
    public int Wait(int timeoutMs) => Math.Max(0, LibC.EpollWait(_descriptor, ref _events[0], Most, timeoutMs));

    /// <summary>The key of an event.</summary>
    public long KeyOf(int index) => MemoryMarshal.Read<long>(_events.AsSpan((index * EventSize) + DataOffset));

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_descriptor >= 0)
        {
            _ = LibC.Close(_descriptor);
            _descriptor = -1;
        }
    }

    private void Control(int operation, NativeSocket socket, Readiness readiness, long key)
    {
        Span<byte> change = stackalloc byte[EventSize];
        MemoryMarshal.Write(change, (uint)readiness);
        MemoryMarshal.Write(change[DataOffset..], key);
        if (LibC.EpollControl(_descriptor, operation, socket.Descriptor, ref change[0]) != 0)
        {
            throw new Win32Exception(Marshal.GetLastPInvokeError());
        }
    }
}
