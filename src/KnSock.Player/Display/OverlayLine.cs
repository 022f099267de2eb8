namespace KnSock.Player.Display;

/// <summary>A line of the statistics: what it is and how much.</summary>
/// <param name="Label">What it is; empty where the value is a heading of its own.</param>
/// <param name="Value">How much.</param>
/// <param name="Level">From 0 to 1, drawn as a bar; null for none.</param>
internal readonly record struct OverlayLine(string Label, string Value, double? Level = null);
