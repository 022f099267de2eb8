using System.Collections.Concurrent;
using System.ComponentModel;
using KnSock.Fanout.Interop;
using KnSock.Protocol;
using KnSock.Protocol.Messages;

namespace KnSock.Fanout.Load;

/// <summary>All viewers of a run on one thread: waits for their sockets and gives each its turn ten times a second.</summary>
/// <param name="target">What they connect to.</param>
internal sealed class LoadLoop(LoadTarget target) : IDisposable
{
    private const int BufferSize = 256 * 1024;
    private const int WaitMs = 2;
    private const double TurnsPerMicrosecond = 10 / 1e6;

    private readonly byte[] _buffer = GC.AllocateArray<byte>(BufferSize, pinned: true);
    private readonly List<LoadViewer?> _viewers = [];
    private readonly Stack<int> _free = new();
    private readonly ConcurrentQueue<Action> _asked = new();
    private double _turnsDue;
    private int _nextTurn;
    private volatile bool _isEnding;

    /// <summary>What the viewers connect to.</summary>
    public LoadTarget Target => target;

    /// <summary>What waits for their sockets.</summary>
    public Poller Poller { get; } = new();

    /// <summary>The server's catalog, as the first viewer got it.</summary>
    public Catalog? Catalog { get; set; }

    /// <summary>When the present round of the loop began.</summary>
    public long Now { get; private set; } = Clock.Now;

    /// <summary>Those that have not left.</summary>
    public IEnumerable<LoadViewer> Viewers => _viewers.OfType<LoadViewer>();

    /// <summary>The key of a viewer's connection.</summary>
    public static long KeyOf(int slot, ConnectionKind kind) => ((long)slot << 2) | (long)kind;

    /// <summary>Half the rate of a channel's highest rung, bytes a second.</summary>
    public double HalfRateOf(int channel) => (Catalog?.Channels[channel].Renditions[^1].BitsPerSecond ?? 1_000_000) / 16.0;

    /// <summary>Has something done between two rounds. Any thread.</summary>
    public void Ask(Action action) => _asked.Enqueue(action);

    /// <summary>Ends the loop after the present round. Any thread.</summary>
    public void End() => _isEnding = true;

    /// <summary>Begins a viewer.</summary>
    public LoadViewer Add(ViewerRole role, int channel)
    {
        if (!_free.TryPop(out var slot))
        {
            slot = _viewers.Count;
            _viewers.Add(null);
        }

        var viewer = new LoadViewer(this, slot, role, channel);
        _viewers[slot] = viewer;
        Guarded(viewer, v => v.Start(Clock.Now));
        return viewer;
    }

    /// <summary>Has a viewer leave, and forgets it.</summary>
    public void Remove(LoadViewer viewer)
    {
        viewer.End(fault: null);
        var slot = _viewers.IndexOf(viewer);
        if (slot >= 0)
        {
            _viewers[slot] = null;
            _free.Push(slot);
        }
    }

    /// <summary>Runs until it is told to end.</summary>
    public void Run()
    {
        while (!_isEnding)
        {
            var ready = Poller.Wait(WaitMs);
            var before = Now;
            Now = Clock.Now;
            for (var i = 0; i < ready; i++)
            {
                Serve(Poller.KeyOf(i));
            }

            while (_asked.TryDequeue(out var action))
            {
                action();
            }

            GiveTurns(Now - before);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var viewer in Viewers)
        {
            viewer.End(fault: null);
        }

        Poller.Dispose();
    }

    private void Serve(long key)
    {
        if (_viewers[(int)(key >> 2)] is { Fault: null } viewer)
        {
            try
            {
                viewer.OnReady((ConnectionKind)(key & 3), _buffer);
            }
            catch (Exception e) when (e is ProtocolException or Win32Exception)
            {
                viewer.End(e.Message);
            }
        }
    }

    /// <summary>Spreads the turns evenly over time, whatever the number of viewers.</summary>
    private void GiveTurns(long passed)
    {
        _turnsDue = Math.Min(_turnsDue + (passed * TurnsPerMicrosecond * _viewers.Count), _viewers.Count);
        for (; _turnsDue >= 1; _turnsDue--)
        {
            _nextTurn = (_nextTurn + 1) % _viewers.Count;
            _viewers[_nextTurn]?.OnTurn(Clock.Now);
        }
    }

    private static void Guarded(LoadViewer viewer, Action<LoadViewer> action)
    {
        try
        {
            action(viewer);
        }
        catch (Exception e) when (e is ProtocolException or Win32Exception)
        {
            viewer.End(e.Message);
        }
    }
}
