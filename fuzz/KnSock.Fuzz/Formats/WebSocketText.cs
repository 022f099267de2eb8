namespace KnSock.Fuzz.Formats;

/// <summary>Messages as a client sends them over a WebSocket (RFC 6455, 5.2).</summary>
internal static class WebSocketText
{
    private const byte Masked = 0x80;

    /// <summary>A message, with a mask of zeros so that its content can be read in it.</summary>
    public static byte[] Of(byte opcode, ReadOnlySpan<byte> content)
    {
        byte[] length = content.Length switch
        {
            < 126 => [(byte)(Masked | content.Length)],
            < 65_536 => [Masked | 126, (byte)(content.Length >> 8), (byte)content.Length],
            _ => [Masked | 127, 0, 0, 0, 0, (byte)(content.Length >> 24), (byte)(content.Length >> 16), (byte)(content.Length >> 8), (byte)content.Length],
        };
        return [opcode, .. length, 0, 0, 0, 0, .. content];
    }
}
