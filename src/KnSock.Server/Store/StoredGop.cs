using KnSock.Media;

namespace KnSock.Server.Store;

/// <summary>What is kept of a GOP: all its access units, and how to set up a decoder for them.</summary>
/// <param name="Configuration">Set-up of the decoder.</param>
/// <param name="Units">The units in decoding order, times within the loop. Those that were read share one block of memory.</param>
internal sealed record StoredGop(DecoderConfiguration Configuration, IReadOnlyList<AccessUnit> Units);
