using System.Net;

namespace KnSock.Server.Endpoints.Sockets;

/// <summary>The addresses by which a machine reaches itself.</summary>
internal static class LoopbackAddresses
{
    /// <summary>Whether an address is one of them, also in the form that a socket for both versions of IP gives it.</summary>
    public static bool Contain(IPAddress address) => IPAddress.IsLoopback(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address);
}
