namespace KnSock.Protocol;

/// <summary>A peer sent what the protocol does not allow. The connection it came on is to be closed.</summary>
public sealed class ProtocolException : Exception
{
    /// <summary>Creates the exception.</summary>
    public ProtocolException(ProtocolErrorCode code, string message) : base(message) => Code = code;

    /// <summary>Creates the exception with what caused it.</summary>
    public ProtocolException(ProtocolErrorCode code, string message, Exception inner) : base(message, inner) => Code = code;

    /// <summary>The kind of fault.</summary>
    public ProtocolErrorCode Code { get; }
}
