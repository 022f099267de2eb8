using KnSock.Server.Loops;
using KnSock.Server.Sessions;

namespace KnSock.Simulation.Viewers;

/// <summary>The production server's session of one viewer, called as its loop would call it.</summary>
internal sealed class DrivenSession
{
    /// <summary>A loop does not come round sooner.</summary>
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(1);

    private readonly ViewerSession _session;
    private readonly SimulatedViewerConnection _connection;
    private readonly SenderLoop _loop;

    /// <summary>Creates it; it begins at a time.</summary>
    public DrivenSession(string id, SimulatedViewerConnection connection, SessionContext context, SenderLoop loop, TimeSpan begins)
    {
        (_connection, _loop) = (connection, loop);
        _session = new ViewerSession(id, connection, context, loop);
        loop.Schedule(_session, begins);
    }

    /// <summary>When it is to be called at the latest: as it said itself, or those with whom it shares a group.</summary>
    public TimeSpan Due => _session.Due;

    /// <summary>Does what the loop would at this moment.</summary>
    public void Run(TimeSpan now)
    {
        if (Due <= now)
        {
            Call(now);
        }

        if (_connection.HasHeard && _session.OnReady(0, Interest.Read, now))
        {
            Call(now);
        }

        if (_connection.HasRoom && _session.OnReady(1, Interest.Write, now))
        {
            Call(now);
        }
    }

    /// <summary>The run is over.</summary>
    public void End() => _session.End(fault: null);

    private void Call(TimeSpan now)
    {
        var due = _session.Run(now);
        _loop.Schedule(_session, due < now + Shortest ? now + Shortest : due);
        if (_session.Ended.IsCompleted)
        {
            throw new InvalidOperationException("the server let the viewer go");
        }
    }
}
