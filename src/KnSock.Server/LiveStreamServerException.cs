namespace KnSock.Server;

/// <summary>A server cannot start. The message is one line that says what is wrong and what to do.</summary>
public sealed class LiveStreamServerException : Exception
{
    /// <summary>Creates the exception.</summary>
    public LiveStreamServerException(string message) : base(message)
    {
    }

    /// <summary>Creates the exception with what caused it.</summary>
    public LiveStreamServerException(string message, Exception inner) : base(message, inner)
    {
    }
}
