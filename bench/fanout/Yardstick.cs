using KnSock.Fanout.Interop;

namespace KnSock.Fanout;

/// <summary>The least that a server can do: one thread, a plain <c>send</c> per viewer and batch, the same bytes for all, from one piece of memory.</summary>
/// <remarks>It has no sessions, no feedback and no choice of rung; it is what a server's cost is measured by.</remarks>
public sealed class Yardstick : IDisposable
{
    private readonly YardstickOptions _options;
    private readonly Recording _recording;
    private readonly byte[] _bytes;
    private readonly Poller _poller = new();
    private readonly NativeSocket _listener;
    private readonly List<YardstickViewer?> _viewers = [];
    private int _left;
    private int _nextDue;
    private long _end;

    /// <summary>Opens a port.</summary>
    public Yardstick(YardstickOptions options)
    {
        _options = options;
        _recording = Recording.Read(options.RecordingPath);
        _bytes = GC.AllocateUninitializedArray<byte>(_recording.Bytes.Length, pinned: true);
        _recording.Bytes.CopyTo(_bytes);
        _listener = NativeSocket.Listen(out var port);
        Port = port;
    }

    /// <summary>The port.</summary>
    public int Port { get; }

    /// <summary>Takes its viewers and serves them until the last has left.</summary>
    public void Run()
    {
        OpenFiles.Raise();
        TakeViewers();
        var (start, batch) = (Clock.Now, (long)_options.Batch.TotalMicroseconds);
        for (var next = start; _left > 0;)
        {
            var wait = next - Clock.Now;
            if (wait <= 0)
            {
                SendAll(Clock.Now - start);
                next += batch;
                continue;
            }

            // Rounded up: to wake a little late costs less than to wake twice.
            var ready = _poller.Wait((int)((wait + 999) / 1000));
            for (var i = 0; i < ready; i++)
            {
                Send((int)_poller.KeyOf(i));
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _viewers.ForEach(v => v?.Socket.Dispose());
        _listener.Dispose();
        _poller.Dispose();
    }

    private void TakeViewers()
    {
        _poller.Watch(_listener, Readiness.Readable, -1);
        while (_viewers.Count < _options.Viewers)
        {
            _poller.Wait(-1);
            while (_listener.Accept() is { } socket)
            {
                _viewers.Add(new YardstickViewer(socket));
            }
        }

        _poller.Forget(_listener);
        _left = _viewers.Count;
    }

    private void SendAll(long passed)
    {
        var length = (long)_recording.Length.TotalMicroseconds;
        // Over the end of a pass at most once per batch; a batch is shorter than a pass.
        while (PassOf(_nextDue) * length + _recording.Due[_nextDue % _recording.Due.Count].Due <= passed)
        {
            _end = (PassOf(_nextDue) * _bytes.Length) + _recording.Due[_nextDue % _recording.Due.Count].End;
            _nextDue++;
        }

        for (var i = 0; i < _viewers.Count; i++)
        {
            if (_viewers[i] is { IsBlocked: false })
            {
                Send(i);
            }
        }
    }

    private long PassOf(int due) => due / _recording.Due.Count;

    private void Send(int index)
    {
        if (_viewers[index] is not { } viewer)
        {
            return;
        }

        while (viewer.Position < _end)
        {
            var offset = (int)(viewer.Position % _bytes.Length);
            var wanted = (int)Math.Min(_end - viewer.Position, _bytes.Length - offset);
            var taken = viewer.Socket.Send(_bytes.AsSpan(offset, wanted));
            if (taken == NativeSocket.Broken)
            {
                viewer.Socket.Dispose();
                _viewers[index] = null;
                _left--;
                return;
            }

            viewer.Position += Math.Max(0, taken);
            if (taken < wanted)
            {
                Watch(viewer, index, isBlocked: true);
                return;
            }
        }

        Watch(viewer, index, isBlocked: false);
    }

    private void Watch(YardstickViewer viewer, int index, bool isBlocked)
    {
        if (isBlocked && !viewer.IsBlocked)
        {
            _poller.Watch(viewer.Socket, Readiness.Writable, index);
        }
        else if (!isBlocked && viewer.IsBlocked)
        {
            _poller.Forget(viewer.Socket);
        }

        viewer.IsBlocked = isBlocked;
    }

    private sealed class YardstickViewer(NativeSocket socket)
    {
        public NativeSocket Socket => socket;

        /// <summary>Bytes of all passes that it has been sent.</summary>
        public long Position { get; set; }

        /// <summary>Whether its socket had no room the last time.</summary>
        public bool IsBlocked { get; set; }
    }
}
