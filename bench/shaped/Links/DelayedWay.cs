using System.Collections.Concurrent;
using System.Diagnostics;

namespace KnSock.Shaped.Links;

/// <summary>One way of a long cable: each packet comes out some time after it went in, in the same order.</summary>
/// <remarks>Two threads, for the kernel may be without the queueing discipline that delays (netem). A thousand packets a second cost one core some per cent.</remarks>
internal sealed class DelayedWay : IDisposable
{
    private const int LargestPacket = 1500;

    /// <summary>More than ever is on its way: 200 ms of 600 Mbit/s.</summary>
    private const int MostPackets = 10_000;

    private readonly TunDevice _from;
    private readonly TunDevice _to;
    private readonly TimeSpan _delay;
    private readonly BlockingCollection<(byte[] Packet, long At)> _underWay = new(MostPackets);
    private readonly TaskCompletionSource _first = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Thread[] _threads;

    /// <summary>Creates it; it carries packets from now on until one of its ends is gone.</summary>
    public DelayedWay(TunDevice from, TunDevice to, TimeSpan delay)
    {
        (_from, _to, _delay) = (from, to, delay);
        _threads = [new Thread(TakeIn) { IsBackground = true }, new Thread(GiveOut) { IsBackground = true }];
        Array.ForEach(_threads, t => t.Start());
    }

    /// <summary>The next TCP packet, which begins a connection if nobody was connected before, goes in.</summary>
    public Task First => _first.Task;

    /// <summary>Waits until nothing more is carried: its ends have to be gone.</summary>
    public void Dispose()
    {
        Array.ForEach(_threads, t => t.Join());
        _underWay.Dispose();
    }

    private static bool IsTcp(ReadOnlySpan<byte> packet) => packet.Length > 20 && packet[0] >> 4 == 4 && packet[9] == 6;

    private void TakeIn()
    {
        var buffer = new byte[LargestPacket];
        try
        {
            while (_from.Read(buffer) is > 0 and var length)
            {
                // What finds no room is lost, as anywhere.
                _underWay.TryAdd((buffer[..length], Stopwatch.GetTimestamp()));
                if (IsTcp(buffer.AsSpan(0, length)))
                {
                    _first.TrySetResult();
                }
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // The device was removed: that is the end.
        }
        finally
        {
            _underWay.CompleteAdding();
        }
    }

    private void GiveOut()
    {
        foreach (var (packet, at) in _underWay.GetConsumingEnumerable())
        {
            var left = _delay - Stopwatch.GetElapsedTime(at);
            if (left > TimeSpan.Zero)
            {
                Thread.Sleep(left);
            }

            try
            {
                _to.Write(packet);
            }
            catch (Exception e) when (e is IOException or ObjectDisposedException)
            {
                // The other end is gone; the rest is taken in and lost.
            }
        }
    }
}
