namespace KnSock.Player.Decoding;

/// <summary>How the pixels of a decoded picture lie in its planes.</summary>
/// <param name="ColumnsEach">Columns of luma for each of chroma. 0: there is no chroma.</param>
/// <param name="RowsEach">Rows of luma for each of chroma.</param>
/// <param name="IsFullRange">Whether all 256 levels are used.</param>
internal sealed record PixelFormat(int ColumnsEach, int RowsEach, bool IsFullRange)
{
    /// <summary>Whether chroma has half of the columns and half of the rows.</summary>
    public bool Is420 => ColumnsEach == 2 && RowsEach == 2;

    /// <summary>The format with a number of AVPixelFormat, which never change. Null: it is none that can be shown.</summary>
    public static PixelFormat? Of(int number) => number switch
    {
        0 => new PixelFormat(2, 2, IsFullRange: false),
        4 => new PixelFormat(2, 1, IsFullRange: false),
        5 => new PixelFormat(1, 1, IsFullRange: false),
        8 => new PixelFormat(0, 0, IsFullRange: true),
        12 => new PixelFormat(2, 2, IsFullRange: true),
        13 => new PixelFormat(2, 1, IsFullRange: true),
        14 => new PixelFormat(1, 1, IsFullRange: true),
        _ => null,
    };
}
