namespace KnSock.Media;

/// <summary>Encoded media or its container is not of the form that its standard asks for, or goes beyond a limit of the reader.</summary>
public sealed class MediaFormatException : Exception
{
    /// <summary>Creates the exception.</summary>
    public MediaFormatException(string message) : base(message)
    {
    }

    /// <summary>Creates the exception with what caused it.</summary>
    public MediaFormatException(string message, Exception inner) : base(message, inner)
    {
    }
}
