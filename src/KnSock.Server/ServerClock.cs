using KnSock.Media;

namespace KnSock.Server;

/// <summary>Monotonic time since the server's start; the clock of epochs, marks and pongs. Changes of the wall clock do not reach it.</summary>
internal sealed class ServerClock(TimeProvider time)
{
    private readonly long _start = time.GetTimestamp();

    public TimeProvider Provider => time;

    public TimeSpan Elapsed => time.GetElapsedTime(_start);

    public Timestamp Now => Timestamp.FromTimeSpan(Elapsed);

    /// <summary>A token that is cancelled after <paramref name="timeout"/>, or with <paramref name="cancellationToken"/>.</summary>
    public Deadline Deadline(TimeSpan timeout, CancellationToken cancellationToken) => new(timeout, time, cancellationToken);
}
