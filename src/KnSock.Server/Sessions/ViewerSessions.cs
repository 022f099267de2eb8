using System.Diagnostics.CodeAnalysis;
using System.Net;
using KnSock.Server.Access;
using KnSock.Server.Loops;

namespace KnSock.Server.Sessions;

/// <summary>All viewer sessions: lets new ones in up to a limit and waits for all at the end.</summary>
internal sealed class ViewerSessions(SessionContext context, Places places)
{
    private long _number;

    /// <summary>Whether a place could be had now.</summary>
    /// <param name="address">Where the viewer comes from. Null: that is not known.</param>
    /// <param name="refusal">Why not, a sentence for people.</param>
    public bool HasRoom(IPAddress? address, [NotNullWhen(false)] out string? refusal)
    {
        var hasRoom = places.HasRoom(address, out refusal);
        if (!hasRoom)
        {
            context.Metrics.ConnectionRefused("full");
        }

        return hasRoom;
    }

    /// <summary>Takes a place for a session.</summary>
    /// <param name="address">Where the viewer comes from. Null: that is not known.</param>
    /// <param name="place">The place; <see cref="RunAsync"/> gives it back.</param>
    /// <param name="refusal">Why there is none, a sentence for people.</param>
    public bool TryTakePlace(IPAddress? address, [NotNullWhen(true)] out TakenPlace? place, [NotNullWhen(false)] out string? refusal)
    {
        var isTaken = places.TryTake(address, out place, out refusal);
        if (!isTaken)
        {
            context.Metrics.ConnectionRefused("full");
        }

        return isTaken;
    }

    /// <summary>Runs a session in the place taken, and gives the place back.</summary>
    /// <param name="connection">What ties it to its viewer; closed at the end.</param>
    /// <param name="loop">Where it lives.</param>
    /// <param name="place">The place.</param>
    public Task RunAsync(IViewerConnection connection, SenderLoop loop, TakenPlace place) => RunAsync(id => new ViewerSession(id, connection, context, loop), loop, place);

    /// <summary>Runs a session of any kind in the place taken, and gives the place back.</summary>
    /// <param name="create">Makes the session of a name.</param>
    /// <param name="loop">Where it lives.</param>
    /// <param name="place">The place.</param>
    public async Task RunAsync<TSession>(Func<string, TSession> create, SenderLoop loop, TakenPlace place)
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
            place.Dispose();
        }
    }
}
