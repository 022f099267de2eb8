namespace KnSock.Client.Playout;

/// <summary>How red, green and blue become luma and differences.</summary>
public enum ColorMatrix
{
    /// <summary>That of ITU-R BT.601, of standard definition and of JPEG files whatever their size (JFIF 1.02).</summary>
    Bt601,

    /// <summary>That of ITU-R BT.709, of high definition.</summary>
    Bt709,
}
