using KnSock.Protocol.Messages;
using KnSock.Server.Adaptation;

namespace KnSock.Server.Sessions;

/// <content>Why it is sent what it is sent, and the answers to those who ask why.</content>
internal sealed partial class ViewerSession
{
    private DecisionRing? _decisions;
    private DecisionFeed? _asking;

    /// <summary>Completes when nothing is being answered any more, once the session has ended.</summary>
    public Task Answered => _asking?.Completion ?? Task.CompletedTask;

    /// <inheritdoc/>
    public void OnDecision(TakenDecision taken)
    {
        _video.LeaveGroup();
        (_decisions ??= new DecisionRing()).Add(taken);
        _context.Decisions?.Add(taken);
        _context.Explanations.Tell(taken);
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<TakenDecision>> ExplainAsync()
    {
        var explained = new TaskCompletionSource<IReadOnlyList<TakenDecision>>(TaskCreationOptions.RunContinuationsAsynchronously);
        _loop.Post(() =>
        {
            try
            {
                explained.SetResult(Explain());
            }
            catch (Exception e)
            {
                explained.SetException(e);
            }
        });
        return explained.Task;
    }

    /// <summary>The same at once. By its loop's thread.</summary>
    public IReadOnlyList<TakenDecision> Explain()
    {
        if (_ended.Task.IsCompleted)
        {
            return [];
        }

        IEnumerable<TakenDecision> taken = _decisions?.Kept ?? [];
        return _playing is { } playing ? [.. taken, playing.Steering.Look(_context.Clock.Elapsed)] : [.. taken];
    }

    private void Follow(Why why)
    {
        if (!_connection.MaySeeOthers)
        {
            Send(new ErrorNotice { Code = "forbidden", Message = "decisions are told on the server's own machine only; ask there" });
        }
        else if (why.Session is { } session && !_context.Explanations.Knows(session))
        {
            Send(new ErrorNotice { Code = "unknownViewer", Message = "there is no viewer session of that name; ask without a name to see all" });
        }
        else
        {
            _asking?.Stop();
            _asking = new DecisionFeed(why, _id, _connection, () => _loop.Post(Answer), _context, _asking?.Completion ?? Task.CompletedTask);
        }
    }

    /// <summary>Sends on what was prepared.</summary>
    private void Answer()
    {
        try
        {
            if (!_ended.Task.IsCompleted)
            {
                _asking?.Continue();
            }
        }
        catch (IOException e)
        {
            _ending ??= Describe(e);
        }
    }
}
