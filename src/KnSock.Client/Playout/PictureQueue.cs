using KnSock.Media;

namespace KnSock.Client.Playout;

/// <summary>Decoded pictures that wait for their time; a few, for they are large.</summary>
internal sealed class PictureQueue(TimeProvider time) : IDisposable
{
    private const int Most = 4;
    private static readonly TimeSpan LongestWait = TimeSpan.FromMilliseconds(20);

    private readonly Lock _gate = new();
    private readonly Queue<(VideoFrame Frame, uint Selection)> _pictures = new();
    private readonly Signal _filled = new(time);
    private readonly Signal _emptied = new(time);
    private bool _isDisposed;

    /// <summary>Adds a picture, which the queue owns from here on.</summary>
    public void Add(VideoFrame frame, uint selection)
    {
        lock (_gate)
        {
            if (_isDisposed)
            {
                frame.Dispose();
                return;
            }

            _pictures.Enqueue((frame, selection));
        }

        _filled.Set();
    }

    /// <summary>When the first picture is due and which selection it belongs to. False if there is none.</summary>
    public bool TryPeek(out Timestamp pts, out uint selection)
    {
        lock (_gate)
        {
            var found = _pictures.TryPeek(out var first);
            (pts, selection) = found ? (first.Frame.Pts, first.Selection) : default;
            return found;
        }
    }

    /// <summary>Takes the first picture, which the caller owns from here on. Null if it is not the one that was looked at.</summary>
    public VideoFrame? Take(Timestamp pts, uint selection)
    {
        VideoFrame? frame = null;
        lock (_gate)
        {
            if (_pictures.TryPeek(out var first) && first.Frame.Pts == pts && first.Selection == selection)
            {
                frame = _pictures.Dequeue().Frame;
            }
        }

        _emptied.Set();
        return frame;
    }

    /// <summary>Throws all pictures away.</summary>
    public void Clear()
    {
        while (TryPeek(out var pts, out var selection))
        {
            Take(pts, selection)?.Dispose();
        }
    }

    /// <summary>Completes when there may be a picture, at the latest after 20 ms.</summary>
    public Task WaitForPictureAsync(CancellationToken cancellationToken)
    {
        var filled = _filled.Next;
        return TryPeek(out _, out _) ? Task.CompletedTask : _filled.WaitAsync(filled, LongestWait, cancellationToken);
    }

    /// <summary>Completes when there is room.</summary>
    public async Task WaitForRoomAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var emptied = _emptied.Next;
            lock (_gate)
            {
                if (_pictures.Count < Most)
                {
                    break;
                }
            }

            await _emptied.WaitAsync(emptied, LongestWait, cancellationToken);
        }

        cancellationToken.ThrowIfCancellationRequested();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_gate)
        {
            _isDisposed = true;
        }

        Clear();
    }
}
