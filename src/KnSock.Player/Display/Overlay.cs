namespace KnSock.Player.Display;

/// <summary>Text drawn over the picture.</summary>
/// <param name="Statistics">Lines in the upper left corner; none hides them.</param>
/// <param name="Message">A short word in the lower left corner, such as the volume just set; null for none.</param>
internal sealed record Overlay(IReadOnlyList<OverlayLine> Statistics, string? Message)
{
    /// <summary>Nothing.</summary>
    public static Overlay Empty { get; } = new([], null);
}
