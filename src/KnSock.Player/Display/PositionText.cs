using KnSock.Media;

namespace KnSock.Player.Display;

/// <summary>Says where in an endless loop a viewer is.</summary>
internal static class PositionText
{
    /// <summary>The place within the turn and its length, such as <c>0:35 / 1:20</c>; with the number of the turn from the second on.</summary>
    /// <param name="position">The position on the viewer's timeline.</param>
    /// <param name="durationSeconds">Length of a turn.</param>
    public static string Of(Timestamp position, double durationSeconds)
    {
        // Half a millisecond more, for turns begin at rounded times.
        var seconds = Math.Max(0, position.TotalSeconds) + 0.0005;
        var turn = durationSeconds > 0 ? Math.Floor(seconds / durationSeconds) : 0;
        var text = $"{Clock(seconds - (turn * durationSeconds))} / {Clock(durationSeconds)}";
        return turn < 1 ? text : $"{text}, turn {turn + 1:0}";
    }

    private static string Clock(double seconds)
    {
        var whole = TimeSpan.FromSeconds(Math.Floor(Math.Clamp(seconds, 0, 1e9)));
        return whole.TotalHours >= 1
            ? $"{(long)whole.TotalHours}:{whole.Minutes:00}:{whole.Seconds:00}"
            : $"{whole.Minutes}:{whole.Seconds:00}";
    }
}
