using KnSock.Protocol.Messages;

namespace KnSock.Fanout.Load;

/// <summary>Many viewers on a thread of their own.</summary>
internal sealed class LoadGenerator : IAsyncDisposable
{
    private static readonly TimeSpan RampStep = TimeSpan.FromMilliseconds(20);

    private readonly LoadLoop _loop;
    private readonly Thread _thread;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<LoadViewer> _all = [];
    private int _count;

    /// <summary>Begins without a viewer.</summary>
    public LoadGenerator(LoadTarget target)
    {
        _loop = new LoadLoop(target);
        _thread = new Thread(Run) { Name = "viewers", IsBackground = true };
        _thread.Start();
    }

    /// <summary>The server's catalog. Null: no viewer has it yet.</summary>
    public Task<Catalog?> CatalogAsync() => AskAsync(() => _loop.Catalog);

    /// <summary>Adds viewers evenly.</summary>
    /// <param name="role">What they are there for.</param>
    /// <param name="count">How many.</param>
    /// <param name="perSecond">How many a second.</param>
    /// <param name="cancellationToken">Ends the wait between them.</param>
    public async Task RampAsync(ViewerRole role, int count, int perSecond, CancellationToken cancellationToken)
    {
        var start = Clock.Now;
        for (var added = 0; added < count;)
        {
            var due = Math.Min(count, 1 + (int)((Clock.Now - start) / 1e6 * perSecond));
            if (due > added)
            {
                await AskAsync(() => AddSeveral(role, due - added));
                added = due;
            }

            await Task.Delay(RampStep, cancellationToken);
        }
    }

    /// <summary>Adds one viewer and keeps what it receives.</summary>
    public Task<(LoadViewer Viewer, ReceivedBytes Kept)> AddRecorderAsync() => AskAsync(() =>
    {
        var viewer = AddSeveral(ViewerRole.Steady, 1);
        viewer.Kept = new ReceivedBytes();
        return (viewer, viewer.Kept);
    });

    /// <summary>Adds a viewer.</summary>
    public Task<LoadViewer> AddAsync(ViewerRole role) => AskAsync(() => AddSeveral(role, 1));

    /// <summary>Has a viewer leave, and keeps its figures if it counts.</summary>
    public Task RemoveAsync(LoadViewer viewer, bool isForgotten) => AskAsync(() =>
    {
        _loop.Remove(viewer);
        return isForgotten && _all.Remove(viewer);
    });

    /// <summary>From here on figures count.</summary>
    public Task BeginAsync() => EachAsync(_ => true, v => v.Begin(_loop.Now));

    /// <summary>Units are not counted any more.</summary>
    public Task EndAsync() => EachAsync(_ => true, v => v.Media.Spread.End());

    /// <summary>Viewers of a role read nothing any more, or read again.</summary>
    public Task HoldAsync(ViewerRole role, bool isHeld) => EachAsync(v => v.Role == role && v.Fault is null, v => v.Hold(isHeld));

    /// <summary>How the viewers of a role fare.</summary>
    public Task<GroupFigures> FiguresAsync(ViewerRole role) => AskAsync(() => GroupFigures.Of([.. _all.Where(v => v.Role == role)], Clock.Now));

    /// <summary>How many have not got what they came for, or the fault of the first that never will.</summary>
    public Task<(int Missing, string? Fault)> MissingAsync() => AskAsync(() =>
        (_all.Count(v => !v.HasJoined && v.Role != ViewerRole.Churn), _all.Find(v => v.Fault is not null && v.Role != ViewerRole.Churn)?.Fault));

    /// <summary>The least read-ahead that was granted to a viewer, seconds. Null: none was told.</summary>
    public Task<double?> GrantedSecondsAsync() => AskAsync(() => _all.Min(v => v.GrantedSeconds));

    /// <summary>Has something done on the viewers' thread.</summary>
    public Task<T> AskAsync<T>(Func<T> question)
    {
        var answer = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        _loop.Ask(() =>
        {
            try
            {
                answer.TrySetResult(question());
            }
            catch (Exception e)
            {
                answer.TrySetException(e);
            }
        });
        return AnswerAsync(answer.Task);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _loop.End();
        await Task.WhenAny(_ended.Task);
        _loop.Dispose();
    }

    private async Task<T> AnswerAsync<T>(Task<T> answer)
    {
        // A fault of the thread is everybody's who asks it.
        if (await Task.WhenAny(answer, _ended.Task) != answer)
        {
            await _ended.Task;
            throw new ObjectDisposedException(nameof(LoadGenerator));
        }

        return await answer;
    }

    private void Run()
    {
        try
        {
            _loop.Run();
            _ended.TrySetResult();
        }
        catch (Exception e)
        {
            _ended.TrySetException(e);
        }
    }

    private LoadViewer AddSeveral(ViewerRole role, int count)
    {
        LoadViewer? last = null;
        for (var i = 0; i < count; i++)
        {
            last = _loop.Add(role, _count++ % _loop.Target.Channels);
            _all.Add(last);
        }

        return last!;
    }

    private Task<bool> EachAsync(Predicate<LoadViewer> which, Action<LoadViewer> action) => AskAsync(() =>
    {
        _all.FindAll(which).ForEach(action);
        return true;
    });
}
