using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;

namespace KnSock.Cli.Arguments;

/// <summary>Where a server is: a host name or an address without brackets, and the port of the picture.</summary>
internal sealed record Endpoint(string Host, int Port)
{
    /// <summary>The port where none is named.</summary>
    public const int DefaultPort = 8000;

    /// <summary>Reads <c>HOST</c>, <c>HOST:PORT</c>, <c>[v6]</c>, <c>[v6]:PORT</c> or a bare IPv6 address.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out Endpoint? endpoint, [NotNullWhen(false)] out string? error)
    {
        var port = DefaultPort;
        error = Split(text, out var host, out var portText);
        error ??= CheckHost(text, host);
        error ??= ReadPort(portText, out port, lowest: 1);
        endpoint = error is null ? new Endpoint(host, port) : null;
        return endpoint is not null;
    }

    /// <summary>Reads a port number. Null when it is one, otherwise what is wrong.</summary>
    public static string? ReadPort(string? text, out int port, int lowest)
    {
        port = DefaultPort;
        if (text is null)
        {
            return null;
        }

        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out port) && port >= lowest && port <= IPEndPoint.MaxPort
            ? null
            : $"'{text}' is not a port; use a number from {lowest} to {IPEndPoint.MaxPort}";
    }

    /// <inheritdoc/>
    public override string ToString() => Host.Contains(':') ? $"[{Host}]:{Port}" : $"{Host}:{Port}";

    private static string? Split(string text, out string host, out string? port)
    {
        (host, port) = (text, null);
        if (text.StartsWith('['))
        {
            var end = text.IndexOf(']');
            if (end < 0)
            {
                return $"'{text}' has no closing bracket; write [ADDRESS]:PORT";
            }

            host = text[1..end];
            var rest = text[(end + 1)..];
            port = rest.StartsWith(':') ? rest[1..] : null;
            return !IsIPv6(host) || (rest.Length > 0 && port is null) ? $"'{text}' is not an address; write [ADDRESS]:PORT" : null;
        }

        var colon = text.IndexOf(':');
        if (colon >= 0 && colon == text.LastIndexOf(':'))
        {
            (host, port) = (text[..colon], text[(colon + 1)..]);
        }

        return null;
    }

    private static string? CheckHost(string text, string host)
    {
        if (host.Length == 0)
        {
            return $"'{text}' names no host; write HOST or HOST:PORT";
        }

        var valid = host.Contains(':') ? IsIPv6(host) : Uri.CheckHostName(host) is not UriHostNameType.Unknown;
        return valid ? null : $"'{text}' is not a server; write HOST or HOST:PORT, an IPv6 address with a port as [ADDRESS]:PORT";
    }

    private static bool IsIPv6(string host) => host.Contains(':') && IPAddress.TryParse(host, out _);
}
