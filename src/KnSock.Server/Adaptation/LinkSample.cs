namespace KnSock.Server.Adaptation;

/// <summary>What is seen of a viewer's link at one moment, of all its media connections together.</summary>
/// <param name="DeliveredBytes">Bytes that the viewer's side has acknowledged since the session began, as far as that can be seen; otherwise bytes handed to the kernel.</param>
/// <param name="IsBacklogged">Whether bytes wait to be sent.</param>
/// <param name="UnderWay">Bytes handed to the transport that were not acknowledged yet.</param>
internal readonly record struct LinkSample(long DeliveredBytes, bool IsBacklogged, long UnderWay = 0)
{
    /// <summary>Two connections of one viewer together.</summary>
    public static LinkSample operator +(LinkSample a, LinkSample b) =>
        new(a.DeliveredBytes + b.DeliveredBytes, a.IsBacklogged || b.IsBacklogged, a.UnderWay + b.UnderWay);
}
