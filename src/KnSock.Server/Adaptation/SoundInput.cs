namespace KnSock.Server.Adaptation;

/// <summary>What <see cref="SoundChoice"/> goes by.</summary>
/// <param name="IsAboveLowest">A higher rung than the lowest is sent.</param>
/// <param name="Link">What the link carries.</param>
/// <param name="FullRate">What the lowest rung takes with the usual sound, bit/s.</param>
internal readonly record struct SoundInput(bool IsAboveLowest, LinkEstimate Link, double FullRate);
