namespace KnSock.Server.Adaptation;

/// <summary>What is seen of a viewer's link at one moment, of all its media connections together.</summary>
/// <param name="DeliveredBytes">Bytes that the viewer's side has acknowledged since the session began, as far as that can be seen; otherwise bytes handed to the kernel.</param>
/// <param name="IsBacklogged">Whether bytes wait to be sent.</param>
internal readonly record struct LinkSample(long DeliveredBytes, bool IsBacklogged);
