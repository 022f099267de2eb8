using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using KnSock.Server.Loops;

namespace KnSock.Server.Interop;

/// <summary>Readiness by Linux's epoll: watching costs nothing for sockets at which nothing happens.</summary>
[SupportedOSPlatform("linux")]
internal sealed unsafe class EpollReadiness : IReadiness
{
    private const int Most = 256;
    private const int AddOperation = 1;
    private const int RemoveOperation = 2;
    private const int ChangeOperation = 3;
    private const uint In = 0x1;
    private const uint Out = 0x4;
    private const uint Error = 0x8;
    private const uint HungUp = 0x10;
    private const uint PeerClosed = 0x2000;
    private const int WakeKey = -1;

    /// <summary><c>struct epoll_event</c> is packed on x86-64 only.</summary>
    private static readonly int KeyOffset = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 4 : 8;
    private static readonly int EventSize = KeyOffset + sizeof(long);

    private readonly int _epoll;
    private readonly int _wake;
    private readonly byte[] _events = new byte[Most * 16];

    public EpollReadiness()
    {
        _epoll = Check(Libc.EpollCreate(Libc.CloseOnExec));
        _wake = Check(Libc.EventDescriptor(0, Libc.EventNonBlocking | Libc.CloseOnExec));
        Control(AddOperation, _wake, WakeKey, In);
    }

    /// <inheritdoc/>
    public void Add(Socket socket, int key, Interest interest) => Control(AddOperation, Descriptor(socket), key, EventsOf(interest));

    /// <inheritdoc/>
    public void Change(Socket socket, int key, Interest interest) => Control(ChangeOperation, Descriptor(socket), key, EventsOf(interest));

    /// <inheritdoc/>
    public void Remove(Socket socket, int key) => Control(RemoveOperation, Descriptor(socket), key, 0);

    /// <inheritdoc/>
    public int Wait(TimeSpan timeout, Span<ReadySocket> ready)
    {
        var milliseconds = (int)Math.Ceiling(Math.Clamp(timeout.TotalMilliseconds, 0, int.MaxValue));
        fixed (byte* events = _events)
        {
            var count = Libc.EpollWait(_epoll, events, Math.Min(Most, ready.Length), milliseconds);
            if (count < 0)
            {
                return Marshal.GetLastPInvokeError() == Libc.Interrupted ? 0 : Check(count);
            }

            var told = 0;
            for (var i = 0; i < count; i++)
            {
                var flags = *(uint*)(events + (i * EventSize));
                var key = (int)*(long*)(events + (i * EventSize) + KeyOffset);
                if (key == WakeKey)
                {
                    Drain();
                }
                else
                {
                    ready[told++] = new ReadySocket(key, InterestOf(flags));
                }
            }

            return told;
        }
    }

    /// <inheritdoc/>
    public void Pause(TimeSpan time)
    {
        var entry = new Libc.PollEntry { Descriptor = _wake, Events = Libc.PollIn };
        _ = Libc.Poll(&entry, 1, (int)time.TotalMilliseconds);
    }

    /// <inheritdoc/>
    public void Wake()
    {
        var one = 1UL;
        _ = Libc.Write(_wake, &one, sizeof(ulong));
    }

    public void Dispose()
    {
        _ = Libc.Close(_epoll);
        _ = Libc.Close(_wake);
    }

    private static int Descriptor(Socket socket) => (int)socket.Handle;

    private static uint EventsOf(Interest interest) =>
        PeerClosed | (interest.HasFlag(Interest.Read) ? In : 0) | (interest.HasFlag(Interest.Write) ? Out : 0);

    private static Interest InterestOf(uint events) =>
        ((events & In) != 0 ? Interest.Read : Interest.None)
        | ((events & Out) != 0 ? Interest.Write : Interest.None)
        | ((events & (Error | HungUp | PeerClosed)) != 0 ? Interest.Ended : Interest.None);

    private static int Check(int result) =>
        result >= 0 ? result : throw new IOException($"sockets cannot be watched: {Marshal.GetLastPInvokeErrorMessage()}");

    private void Drain()
    {
        ulong count;
        _ = Libc.Read(_wake, &count, sizeof(ulong));
    }

    private void Control(int operation, int descriptor, int key, uint events)
    {
        var interest = stackalloc byte[16];
        *(uint*)interest = events;
        *(long*)(interest + KeyOffset) = key;
        Check(Libc.EpollControl(_epoll, operation, descriptor, interest));
    }
}
