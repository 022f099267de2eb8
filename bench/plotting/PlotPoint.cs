namespace KnSock.Plotting;

/// <summary>A figure and what it belongs to.</summary>
internal readonly record struct PlotPoint(double X, double Y);
