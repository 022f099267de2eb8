using KnSock.Media;
using KnSock.Server.Sessions;

namespace KnSock.Server.Tests.Sessions;

internal static class CursorReading
{
    /// <summary>Reads the next unit, which must be there, and moves behind it.</summary>
    public static AccessUnit Read(this TrackCursor cursor)
    {
        Assert.True(cursor.TryPeek(out var gop));
        var unit = gop[cursor.Unit];
        var bytes = gop.Start(cursor.Unit + 1) - gop.Start(cursor.Unit);
        Assert.Equal(bytes, cursor.Advance(bytes));
        return unit;
    }
}
