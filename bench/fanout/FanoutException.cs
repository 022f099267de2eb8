namespace KnSock.Fanout;

/// <summary>The measurement cannot be made. The message is a line for people.</summary>
public sealed class FanoutException : Exception
{
    /// <summary>Creates the exception.</summary>
    public FanoutException(string message) : base(message)
    {
    }

    /// <summary>Creates the exception with what caused it.</summary>
    public FanoutException(string message, Exception inner) : base(message, inner)
    {
    }
}
