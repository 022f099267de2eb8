using KnSock.Shaped.Results;

namespace KnSock.Shaped.Viewers;

/// <summary>A run of a real viewer.</summary>
/// <param name="Figures">What it saw.</param>
/// <param name="MachineBusy">Share of the machine's processor time that was taken.</param>
internal readonly record struct MeasuredViewer(ViewerFigures Figures, double MachineBusy);
