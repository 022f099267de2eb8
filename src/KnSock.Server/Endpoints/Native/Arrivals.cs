using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace KnSock.Server.Endpoints.Native;

/// <summary>The viewers that were greeted and whose further connections are awaited, by the token of their greeting. From any thread.</summary>
internal sealed class Arrivals
{
    private const int TokenBytes = 16;

    private readonly ConcurrentDictionary<string, Arrival> _expected = new(StringComparer.Ordinal);

    /// <summary>A viewer is greeted.</summary>
    /// <returns>What its connections come together in; to be given to <see cref="Close"/>.</returns>
    public Arrival Expect()
    {
        var arrival = new Arrival(Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(TokenBytes)));
        _expected[arrival.Token] = arrival;
        return arrival;
    }

    /// <summary>A token is shown.</summary>
    /// <returns>Whose it is. Null: nobody's, or its time is up.</returns>
    public Arrival? Find(string? token) => token is not null && _expected.TryGetValue(token, out var arrival) ? arrival : null;

    /// <summary>The viewer has come, or is not coming; what still comes with its token is refused.</summary>
    public void Close(Arrival arrival)
    {
        _expected.TryRemove(arrival.Token, out _);
        arrival.Close();
    }
}
