using System.Net;

namespace KnSock.Server.Access;

/// <summary>A place that is taken until it is disposed of, which may happen more than once. From any thread.</summary>
internal sealed class TakenPlace(Places places, IPAddress? key) : IDisposable
{
    private Places? _places = places;

    public void Dispose() => Interlocked.Exchange(ref _places, null)?.GiveBack(key);
}
