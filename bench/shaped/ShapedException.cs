namespace KnSock.Shaped;

/// <summary>The measurement cannot be made. The message is a line for people.</summary>
public sealed class ShapedException : Exception
{
    /// <summary>Creates the exception.</summary>
    public ShapedException(string message) : base(message)
    {
    }

    /// <summary>Creates the exception with what caused it.</summary>
    public ShapedException(string message, Exception inner) : base(message, inner)
    {
    }
}
