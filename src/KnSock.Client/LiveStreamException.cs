namespace KnSock.Client;

/// <summary>A live stream cannot be played. The message is one line that says what happened and what to do.</summary>
public sealed class LiveStreamException : Exception
{
    /// <summary>Creates the exception.</summary>
    public LiveStreamException(string message) : base(message)
    {
    }

    /// <summary>Creates the exception with what caused it.</summary>
    public LiveStreamException(string message, Exception inner) : base(message, inner)
    {
    }

    /// <summary>Whether it is no use to try the same again.</summary>
    internal bool IsFinal { get; init; }
}
