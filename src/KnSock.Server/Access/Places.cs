using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;
using KnSock.Server.Endpoints.Sockets;

namespace KnSock.Server.Access;

/// <summary>Places that may be taken at a time, in all and by one address. From any thread.</summary>
/// <remarks>
/// An IPv6 address counts by its first 64 bits, which one customer has as a rule. The machine's own addresses have no limit of their own: behind a proxy on the same machine all viewers come from
/// there.
/// </remarks>
/// <param name="limits">How many.</param>
internal sealed class Places(PlaceLimits limits)
{
    private const int PrefixBytes = 8;

    private readonly Dictionary<IPAddress, int> _byAddress = [];
    private readonly Lock _lock = new();
    private int _taken;

    /// <summary>Places that are taken.</summary>
    public int Taken => Volatile.Read(ref _taken);

    /// <summary>Addresses of which something is kept.</summary>
    internal int Addresses
    {
        get
        {
            lock (_lock)
            {
                return _byAddress.Count;
            }
        }
    }

    /// <summary>Whether a place could be had now, without taking it.</summary>
    /// <param name="address">Who wants it. Null: that is not known.</param>
    /// <param name="refusal">Why not, a sentence for people.</param>
    public bool HasRoom(IPAddress? address, [NotNullWhen(false)] out string? refusal)
    {
        lock (_lock)
        {
            refusal = Refusal(KeyOf(address));
            return refusal is null;
        }
    }

    /// <summary>Takes a place.</summary>
    /// <param name="address">Who wants it. Null: that is not known.</param>
    /// <param name="place">The place; to be given back by disposing of it.</param>
    /// <param name="refusal">Why there is none, a sentence for people.</param>
    public bool TryTake(IPAddress? address, [NotNullWhen(true)] out TakenPlace? place, [NotNullWhen(false)] out string? refusal)
    {
        var key = KeyOf(address);
        lock (_lock)
        {
            place = null;
            refusal = Refusal(key);
            if (refusal is not null)
            {
                return false;
            }

            place = new TakenPlace(this, key);
            _taken++;
            if (key is not null)
            {
                _byAddress[key] = _byAddress.GetValueOrDefault(key) + 1;
            }

            return true;
        }
    }

    internal void GiveBack(IPAddress? key)
    {
        lock (_lock)
        {
            _taken--;
            if (key is null)
            {
                return;
            }

            if (_byAddress[key] == 1)
            {
                _byAddress.Remove(key);
            }
            else
            {
                _byAddress[key]--;
            }
        }
    }

    private string? Refusal(IPAddress? key) =>
        _taken >= limits.Most ? limits.WhenFull
        : key is not null && _byAddress.GetValueOrDefault(key) >= limits.MostPerAddress ? limits.WhenAddressIsFull
        : null;

    /// <summary>What an address counts as. Null: it has no limit of its own.</summary>
    private IPAddress? KeyOf(IPAddress? address)
    {
        if (address is null || limits.MostPerAddress is null || (!limits.CountsLoopback && LoopbackAddresses.Contain(address)))
        {
            return null;
        }

        if (address.IsIPv4MappedToIPv6)
        {
            return address.MapToIPv4();
        }

        if (address.AddressFamily != AddressFamily.InterNetworkV6)
        {
            return address;
        }

        var bytes = address.GetAddressBytes();
        bytes.AsSpan(PrefixBytes).Clear();
        return new IPAddress(bytes);
    }
}
