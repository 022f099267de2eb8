using System.Buffers;
using System.Threading.Channels;
using KnSock.Protocol.Messages;
using KnSock.Server.Adaptation;

namespace KnSock.Server.Sessions;

/// <summary>
/// Answers one who asks why: first how things stand, then, if it follows, each decision as it is taken. It works beside the loops, asks one session at a time and only when the
/// one who asks has taken what was sent before, and holds no more than so many decisions; what is beyond is dropped and counted.
/// </summary>
internal sealed class DecisionFeed
{
    /// <summary>Decisions that wait for one who follows.</summary>
    public const int MostWaiting = 256;

    /// <summary>What is sent at once is hardly more than this.</summary>
    private const int LargestPiece = 32 * 1024;

    /// <summary>A decision that is told of may have been taken so much before.</summary>
    private static readonly TimeSpan Overlap = TimeSpan.FromSeconds(1);

    private readonly Why _why;
    private readonly string _id;
    private readonly IViewerConnection _connection;
    private readonly Action _wake;
    private readonly SessionContext _context;
    private readonly TaskCompletionSource _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Channel<(long Number, TakenDecision Taken)> _waiting;
    private readonly Lock _lock = new();
    private readonly ArrayBufferWriter<byte> _lines = new();
    private readonly HashSet<TakenDecision> _told = new(ReferenceEqualityComparer.Instance);
    private Piece? _piece;
    private long _offered;
    private long _heard;
    private long _missed;

    /// <summary>Begins to answer.</summary>
    /// <param name="why">The question.</param>
    /// <param name="id">The session of the one who asks.</param>
    /// <param name="connection">Where the answer goes.</param>
    /// <param name="wake">Has <see cref="Continue"/> called by the loop of the one who asks.</param>
    /// <param name="context">What sessions share.</param>
    /// <param name="before">The answer that this one takes the place of; its last line goes out first.</param>
    public DecisionFeed(Why why, string id, IViewerConnection connection, Action wake, SessionContext context, Task before)
    {
        (_why, _id, _connection, _wake, _context) = (why, id, connection, wake, context);
        _waiting = Channel.CreateBounded<(long, TakenDecision)>(new BoundedChannelOptions(MostWaiting) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });
        Completion = Task.Run(() => RunAsync(before), CancellationToken.None);
    }

    /// <summary>Completes when nothing more will be answered.</summary>
    public Task Completion { get; }

    /// <summary>A decision was taken. From any thread; waits for nobody.</summary>
    public void Offer(TakenDecision taken)
    {
        if (_why.Session is null || string.Equals(_why.Session, taken.Session, StringComparison.Ordinal))
        {
            // Those that are missing are known by their numbers.
            lock (_lock)
            {
                _waiting.Writer.TryWrite((_offered++, taken));
            }
        }
    }

    /// <summary>Sends what is ready, if there is room. By the loop of the one who asks.</summary>
    /// <exception cref="IOException">It is gone.</exception>
    public void Continue()
    {
        if (!_connection.IsBehind && Interlocked.Exchange(ref _piece, null) is { } piece)
        {
            _connection.Send(piece.Lines);
            piece.Sent.SetResult();
        }
    }

    /// <summary>Answers no further.</summary>
    public void Stop() => _stopped.TrySetResult();

    private async Task RunAsync(Task before)
    {
        await before;
        try
        {
            var begun = _context.Clock.Elapsed;
            if (_why.Follow)
            {
                _context.Explanations.Follow(this);
            }

            await TellStateAsync(begun);
            while (_why.Follow)
            {
                await UnlessStoppedAsync(_waiting.Reader.WaitToReadAsync().AsTask());
                while (_lines.WrittenCount < LargestPiece && _waiting.Reader.TryRead(out var offered))
                {
                    _missed += offered.Number - _heard;
                    _heard = offered.Number + 1;
                    if (!_told.Remove(offered.Taken))
                    {
                        Write(offered.Taken);
                    }
                }

                await SendAsync();
            }
        }
        catch (OperationCanceledException)
        {
            // It left, or asked something else.
        }
        catch (Exception e)
        {
            Log.ExplanationFailed(_context.Logger, e, _id);
        }
        finally
        {
            _context.Explanations.Unfollow(this);
        }
    }

    private async Task TellStateAsync(TimeSpan begun)
    {
        var sessions = _context.Explanations.Find(_why.Session);
        foreach (var session in sessions)
        {
            var explained = session.ExplainAsync();
            await UnlessStoppedAsync(explained);
            foreach (var taken in await explained)
            {
                Write(taken);
                if (_why.Follow && taken.Decision is not null && taken.At >= begun - Overlap)
                {
                    // It may wait to be told as a new one, too.
                    _told.Add(taken);
                }
            }

            if (_lines.WrittenCount >= LargestPiece)
            {
                await SendAsync();
            }
        }

        _lines.Write(MessageJson.WriteLine(new Explained { Sessions = sessions.Count }));
        await SendAsync();
    }

    private void Write(TakenDecision taken)
    {
        _lines.Write(MessageJson.WriteLine(new DecisionNotice
        {
            AgeSeconds = Math.Max(0, (_context.Clock.Elapsed - taken.At).TotalSeconds),
            Missed = _missed > 0 ? _missed : null,
            Record = DecisionJson.ToElement(taken.ToRecord()),
        }));
        _missed = 0;
    }

    /// <summary>Sends what was written; completes when that is on its way.</summary>
    private async Task SendAsync()
    {
        if (_lines.WrittenCount > 0)
        {
            var piece = new Piece(_lines.WrittenSpan.ToArray());
            _lines.ResetWrittenCount();
            Volatile.Write(ref _piece, piece);
            _wake();
            await UnlessStoppedAsync(piece.Sent.Task);
        }
    }

    private async Task UnlessStoppedAsync(Task task)
    {
        await Task.WhenAny(task, _stopped.Task);
        if (_stopped.Task.IsCompleted)
        {
            throw new OperationCanceledException();
        }
    }

    private sealed record Piece(ReadOnlyMemory<byte> Lines)
    {
        public TaskCompletionSource Sent { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
