using System.Net.Sockets;

namespace KnSock.Server.Loops;

/// <summary>Says which of many sockets are ready. Used by one thread, but for <see cref="Wake"/>.</summary>
internal interface IReadiness : IDisposable
{
    /// <summary>Watches a socket; its end is always told of.</summary>
    void Add(Socket socket, int key, Interest interest);

    /// <summary>Watches a socket for something else from now on.</summary>
    void Change(Socket socket, int key, Interest interest);

    /// <summary>Watches a socket no more. Before the socket is closed.</summary>
    void Remove(Socket socket, int key);

    /// <summary>Waits until a socket is ready, the time is up, or it is woken.</summary>
    /// <param name="timeout">How long to wait at most; rounded up to milliseconds.</param>
    /// <param name="ready">Room for what is ready; what does not fit is told of next time.</param>
    /// <returns>How many are ready.</returns>
    int Wait(TimeSpan timeout, Span<ReadySocket> ready);

    /// <summary>Waits until the time is up or it is woken, whatever the sockets do, so that they get ready together.</summary>
    void Pause(TimeSpan time);

    /// <summary>Ends the wait. From any thread.</summary>
    void Wake();
}

/// <summary>What a socket is watched for beside its end.</summary>
[Flags]
internal enum Interest
{
    /// <summary>Nothing else.</summary>
    None = 0,

    /// <summary>There is something to be read.</summary>
    Read = 1,

    /// <summary>There is room to write.</summary>
    Write = 2,

    /// <summary>Told, never asked for: the other side has closed, or the connection broke.</summary>
    Ended = 4,
}

/// <summary>A socket that is ready, by the key that it is watched under.</summary>
internal readonly record struct ReadySocket(int Key, Interest For);
