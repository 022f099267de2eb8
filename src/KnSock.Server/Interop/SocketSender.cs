using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using KnSock.Server.Loops;

namespace KnSock.Server.Interop;

/// <summary>Writes to a socket as much as the kernel takes at once, from where it lies.</summary>
internal static unsafe class SocketSender
{
    /// <summary>Writes what the socket has room for.</summary>
    /// <returns>Bytes taken.</returns>
    /// <exception cref="IOException">The connection is broken.</exception>
    public static int Send(Socket socket, Segments segments) => OperatingSystem.IsLinux() ? SendGathered(socket, segments) : SendEach(socket, segments);

    /// <summary>Writes what the socket has room for.</summary>
    /// <param name="socket">The socket.</param>
    /// <param name="descriptor">Its descriptor, which lives as long as the socket is not closed.</param>
    /// <param name="bytes">What to write.</param>
    /// <returns>Bytes taken.</returns>
    /// <exception cref="IOException">The connection is broken.</exception>
    public static int Send(Socket socket, int descriptor, ReadOnlySpan<byte> bytes)
    {
        if (!OperatingSystem.IsLinux())
        {
            return Send(socket, bytes);
        }

        fixed (byte* start = bytes)
        {
            while (true)
            {
                var sent = Libc.Send(descriptor, start, (nuint)bytes.Length, Libc.SendWithoutWait | Libc.SendWithoutSignal);
                if (sent >= 0 || !IsInterrupted())
                {
                    return (int)Math.Max(sent, 0);
                }
            }
        }
    }

    /// <summary>Writes what the socket has room for.</summary>
    /// <returns>Bytes taken.</returns>
    /// <exception cref="IOException">The connection is broken.</exception>
    public static int Send(Socket socket, ReadOnlySpan<byte> bytes)
    {
        socket.Blocking = false;
        var sent = socket.Send(bytes, SocketFlags.None, out var error);
        return error switch
        {
            SocketError.Success => sent,
            SocketError.WouldBlock or SocketError.IOPending or SocketError.NoBufferSpaceAvailable => sent,
            _ => throw Broken(error.ToString()),
        };
    }

    [SupportedOSPlatform("linux")]
    private static int SendGathered(Socket socket, Segments segments)
    {
        // What is missing is of no length.
        fixed (byte* s0 = segments[0].Span, s1 = segments[1].Span, s2 = segments[2].Span, s3 = segments[3].Span, s4 = segments[4].Span, s5 = segments[5].Span, s6 = segments[6].Span, s7 = segments[7].Span)
        {
            var pieces = stackalloc Libc.Segment[Segments.Most];
            pieces[0] = new Libc.Segment { Start = s0, Length = (nuint)segments[0].Length };
            pieces[1] = new Libc.Segment { Start = s1, Length = (nuint)segments[1].Length };
            pieces[2] = new Libc.Segment { Start = s2, Length = (nuint)segments[2].Length };
            pieces[3] = new Libc.Segment { Start = s3, Length = (nuint)segments[3].Length };
            pieces[4] = new Libc.Segment { Start = s4, Length = (nuint)segments[4].Length };
            pieces[5] = new Libc.Segment { Start = s5, Length = (nuint)segments[5].Length };
            pieces[6] = new Libc.Segment { Start = s6, Length = (nuint)segments[6].Length };
            pieces[7] = new Libc.Segment { Start = s7, Length = (nuint)segments[7].Length };
            var message = new Libc.MessageHeader { Segments = pieces, SegmentCount = (nuint)segments.Count };
            while (true)
            {
                var sent = Libc.SendMessage(socket.SafeHandle, &message, Libc.SendWithoutWait | Libc.SendWithoutSignal);
                if (sent >= 0 || !IsInterrupted())
                {
                    return (int)Math.Max(sent, 0);
                }
            }
        }
    }

    /// <summary>Whether the call that failed is to be made again. False: there is no room.</summary>
    /// <exception cref="IOException">The connection is broken.</exception>
    private static bool IsInterrupted() => Marshal.GetLastPInvokeError() switch
    {
        Libc.Interrupted => true,
        Libc.Again => false,
        _ => throw Broken(Marshal.GetLastPInvokeErrorMessage()),
    };

    private static int SendEach(Socket socket, Segments segments)
    {
        var total = 0;
        for (var i = 0; i < segments.Count; i++)
        {
            var sent = Send(socket, segments[i].Span);
            total += sent;
            if (sent < segments[i].Length)
            {
                break;
            }
        }

        return total;
    }

    private static IOException Broken(string why) => new($"the viewer's connection broke: {why}");
}
