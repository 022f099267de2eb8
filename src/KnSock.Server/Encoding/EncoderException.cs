namespace KnSock.Server.Encoding;

/// <summary>An encoder ended before its time, or made something other than it was asked for.</summary>
internal sealed class EncoderException(string message, Exception? inner = null) : Exception(message, inner);
