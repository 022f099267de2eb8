namespace KnSock.Server.Access;

/// <summary>Keeps account of the bytes that are kept in all sessions for viewers who do not take them. From any thread.</summary>
/// <param name="most">The most that there may be.</param>
internal sealed class WaitingBytes(long most)
{
    private long _bytes;

    /// <summary>How many there are.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    /// <summary>There is no room for more.</summary>
    public bool IsFull => Bytes >= most;

    /// <summary>Some more are kept; fewer, if negative.</summary>
    public void Add(long bytes) => Interlocked.Add(ref _bytes, bytes);
}
