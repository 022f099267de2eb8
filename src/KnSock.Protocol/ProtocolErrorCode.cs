namespace KnSock.Protocol;

/// <summary>Why bytes from a peer were refused.</summary>
public enum ProtocolErrorCode
{
    /// <summary>The bytes are not of this protocol.</summary>
    NotKnSock,

    /// <summary>No version is spoken by both sides.</summary>
    Version,

    /// <summary>A length is above its limit.</summary>
    TooLong,

    /// <summary>A message or payload does not have the form that its kind asks for.</summary>
    Malformed,

    /// <summary>A message came where it is not allowed.</summary>
    Unexpected,
}
