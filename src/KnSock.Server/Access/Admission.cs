namespace KnSock.Server.Access;

/// <summary>A viewer was let in: what its token opens, and when that ends on the server's clock, which changes of the wall clock do not reach.</summary>
/// <param name="Grant">What it gives.</param>
/// <param name="Until">When it ends.</param>
internal sealed record Admission(ViewerGrant Grant, TimeSpan Until);
