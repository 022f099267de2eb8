using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using KnSock.Cli.Arguments;
using KnSock.Protocol.Messages;

namespace KnSock.Cli.Output;

/// <summary>The line by which people and programs know that viewers can connect, and where.</summary>
internal static class ReadyLine
{
    /// <summary>Writes the line.</summary>
    public static string Format(
        IReadOnlyList<string> hosts, int videoPort, int audioPort, int controlPort, int? httpPort, IReadOnlyList<ChannelInfo> channels, bool isSecure = false)
    {
        var addresses = string.Join(", ", hosts.Select(h => new Endpoint(h, videoPort).ToString()));
        var names = string.Join(", ", channels.Select(c => $"{c.Index} {Printable.Escape(c.Name)}"));
        var http = httpPort is { } port ? $", {(isSecure ? "https" : "http")} {port}" : "";
        return $"ready on {addresses} (audio {audioPort}, control {controlPort}{http}{(isSecure ? ", TLS" : "")}): {names}";
    }

    /// <summary>The addresses at which a server that listens on <paramref name="host"/> is found; for a wildcard those of every interface that is up.</summary>
    public static IReadOnlyList<string> HostsOf(string host)
    {
        if (!IPAddress.TryParse(host, out var address) || !(address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any)))
        {
            return [host];
        }

        var local = LocalAddresses()
            .Where(a => a.AddressFamily == AddressFamily.InterNetwork || (address.Equals(IPAddress.IPv6Any) && !a.IsIPv6LinkLocal))
            .OrderBy(a => a.AddressFamily)
            .ThenByDescending(IPAddress.IsLoopback)
            .Select(a => a.ToString())
            .Distinct(StringComparer.Ordinal)
            .ToList();
        return local.Count > 0 ? local : [host];
    }

    private static List<IPAddress> LocalAddresses()
    {
        try
        {
            return NetworkInterface.GetAllNetworkInterfaces()
                .Where(i => i.OperationalStatus != OperationalStatus.Down)
                .SelectMany(i => i.GetIPProperties().UnicastAddresses)
                .Select(a => a.Address)
                .ToList();
        }
        catch (NetworkInformationException)
        {
            return [];
        }
    }
}
