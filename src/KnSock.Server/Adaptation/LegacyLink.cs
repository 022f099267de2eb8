namespace KnSock.Server.Adaptation;

/// <summary>What is seen of a kn-sock client's link.</summary>
/// <param name="Waiting">For how long what is to be sent has been waiting for the link.</param>
/// <param name="Capacity">What the link carries and no more, bit/s. Null: that is not known, for it has carried all.</param>
internal readonly record struct LegacyLink(TimeSpan Waiting, double? Capacity);
