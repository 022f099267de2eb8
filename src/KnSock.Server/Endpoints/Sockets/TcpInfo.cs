using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace KnSock.Server.Endpoints.Sockets;

/// <summary>What Linux's kernel tells of a TCP connection (<c>struct tcp_info</c>, linux/tcp.h; its fields only ever grew at the end).</summary>
/// <param name="BytesAcked">Bytes acknowledged by the other side without a gap.</param>
/// <param name="SackedBytes">About how many bytes the other side has behind gaps, in whole segments: while what was lost is sent again, the link goes on delivering these.</param>
/// <param name="NotSentBytes">Bytes written but not sent yet.</param>
/// <param name="MinRtt">The shortest round trip seen.</param>
internal readonly record struct TcpInfo(long BytesAcked, long SackedBytes, uint NotSentBytes, TimeSpan MinRtt)
{
    private const int ProtocolTcp = 6;
    private const int OptionTcpInfo = 11;
    private const int OptionNotSentLowWater = 25;
    private const int OptionQuickAcknowledgement = 12;
    private const int LevelSocket = 1;
    private const int OptionReceiveLowWater = 18;
    private const int SegmentSizeOffset = 16;
    private const int SackedSegmentsOffset = 28;
    private const int BytesAckedOffset = 120;
    private const int NotSentBytesOffset = 144;
    private const int MinRttOffset = 148;

    /// <summary>Null on systems that do not tell.</summary>
    public static TcpInfo? Read(Socket socket)
    {
        if (!OperatingSystem.IsLinux())
        {
            return null;
        }

        Span<byte> info = stackalloc byte[256];
        try
        {
            var length = socket.GetRawSocketOption(ProtocolTcp, OptionTcpInfo, info);
            return Parse(info[..length]);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            return null;
        }
    }

    /// <summary>Reads what the kernel says. Null where it is too old to say all of it.</summary>
    public static TcpInfo? Parse(ReadOnlySpan<byte> info) => info.Length < MinRttOffset + sizeof(uint) ? null : new TcpInfo(
        MemoryMarshal.Read<long>(info[BytesAckedOffset..]),
        (long)MemoryMarshal.Read<uint>(info[SackedSegmentsOffset..]) * MemoryMarshal.Read<uint>(info[SegmentSizeOffset..]),
        MemoryMarshal.Read<uint>(info[NotSentBytesOffset..]),
        TimeSpan.FromMicroseconds(MemoryMarshal.Read<uint>(info[MinRttOffset..])));

    /// <summary>Lets a write wait while more than this is not sent yet: bytes given to the kernel cannot be recalled.</summary>
    public static void LimitUnsent(Socket socket, int bytes) => Set(socket, ProtocolTcp, OptionNotSentLowWater, bytes);

    /// <summary>Has a socket count as readable only when so many bytes have come.</summary>
    public static void ReportReadableFrom(Socket socket, int bytes) => Set(socket, LevelSocket, OptionReceiveLowWater, bytes);

    /// <summary>Has what comes acknowledged a little later instead of each time something is read.</summary>
    public static void DelayAcknowledgements(Socket socket) => Set(socket, ProtocolTcp, OptionQuickAcknowledgement, 0);

    private static void Set(Socket socket, int level, int option, int number)
    {
        if (OperatingSystem.IsLinux())
        {
            Span<byte> value = stackalloc byte[sizeof(int)];
            MemoryMarshal.Write(value, number);
            socket.SetRawSocketOption(level, option, value);
        }
    }
}
