using KnSock.Protocol.Messages;

namespace KnSock.Simulation.Viewers;

/// <summary>What a client that is broken, or lies, says in place of its feedback.</summary>
/// <param name="feedback">What is true.</param>
/// <param name="since">Time since it joined.</param>
/// <returns>The lines, with their ends, and how much later each is said. None is said before one that was to be said earlier.</returns>
internal delegate IEnumerable<(byte[] Line, TimeSpan Later)> FeedbackFault(Feedback feedback, TimeSpan since);
