namespace KnSock.Client.Playout;

/// <summary>An access unit or a decoder configuration cannot be decoded.</summary>
public sealed class DecodeException : Exception
{
    /// <summary>Creates the exception.</summary>
    public DecodeException(string message) : base(message)
    {
    }

    /// <summary>Creates the exception with what caused it.</summary>
    public DecodeException(string message, Exception inner) : base(message, inner)
    {
    }
}
