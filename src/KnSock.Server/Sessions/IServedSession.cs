using KnSock.Server.Adaptation;

namespace KnSock.Server.Sessions;

/// <summary>A viewer's session, as those see it who look after the server.</summary>
internal interface IServedSession
{
    /// <summary>What it is called.</summary>
    string Id { get; }

    /// <summary>Completes when the viewer has left, was let go, or the loop has ended.</summary>
    Task Ended { get; }

    /// <summary>Completes when nothing is being answered any more, once the session has ended.</summary>
    Task Answered => Task.CompletedTask;

    /// <summary>How it stands now. By its loop's thread. Null: it has not begun, or has ended.</summary>
    SessionFigures? Figures();

    /// <summary>Has the session end, with a reason that the viewer is told if it can be. From any thread.</summary>
    void Dismiss(string reason);

    /// <summary>The newest decisions and, while something is sent, how things stand now. From any thread.</summary>
    Task<IReadOnlyList<TakenDecision>> ExplainAsync();
}
