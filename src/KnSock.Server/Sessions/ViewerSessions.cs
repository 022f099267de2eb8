using KnSock.Server.Loops;

namespace KnSock.Server.Sessions;

/// <summary>All viewer sessions: lets new ones in up to a limit and waits for all at the end.</summary>
internal sealed class ViewerSessions(SessionContext context, int limit)
{
    private int _count;
    private long _number;

    /// <summary>Takes a place for a session that is being set up. False if none is free.</summary>
    public bool TryTakePlace()
    {
        if (Interlocked.Increment(ref _count) <= limit)
        {
            return true;
        }

        Interlocked.Decrement(ref _count);
        return false;
    }

    /// <summary>Gives back the place of a session that did not come about.</summary>
    public void GiveBackPlace() => Interlocked.Decrement(ref _count);

    /// <summary>Runs a session in the place taken, and gives the place back.</summary>
    /// <param name="connection">What ties it to its viewer; closed at the end.</param>
    /// <param name="loop">Where it lives.</param>
    public Task RunAsync(IViewerConnection connection, SenderLoop loop) => RunAsync(id => new ViewerSession(id, connection, context, loop), loop);

    /// <summary>Runs a session of any kind in the place taken, and gives the place back.</summary>
    /// <param name="create">Makes the session of a name.</param>
    /// <param name="loop">Where it lives.</param>
    public async Task RunAsync<TSession>(Func<string, TSession> create, SenderLoop loop)
        where TSession : LoopMember, IServedSession
    {
        context.Metrics.SessionStarted();
        try
        {
            var session = create("v" + Interlocked.Increment(ref _number));
            loop.Add(session);
            await session.Ended;
            await session.Answered;
        }
        finally
        {
            context.Metrics.SessionEnded();
            GiveBackPlace();
        }
    }
}
