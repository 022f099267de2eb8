using System.Globalization;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;
using KnSock.Protocol;
using KnSock.Protocol.Messages;

namespace KnSock.Client.Connection;

/// <summary>Says in one line why a server cannot be had and what to do about it.</summary>
internal static class ConnectFailure
{
    private const int LongestForeignText = 200;

    /// <summary>Host and port as people write them.</summary>
    public static string AddressText(string host, int port) =>
        host.Contains(':', StringComparison.Ordinal) ? $"[{host}]:{port}" : $"{host}:{port}";

    /// <summary>The operating system could not connect.</summary>
    public static LiveStreamException NotConnected(string host, int port, SocketException e)
    {
        var address = AddressText(host, port);
        var message = e.SocketErrorCode switch
        {
            SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain => $"the host name {host} is not known; is it spelt right?",
            SocketError.ConnectionRefused => $"nothing answers at {address} (connection refused); is the server running, and is the port right?",
            SocketError.HostUnreachable or SocketError.NetworkUnreachable or SocketError.HostDown or SocketError.NetworkDown =>
                $"{address} cannot be reached from here; is the address right, and is the network up?",
            SocketError.TimedOut => $"{address} does not answer; is the address right, and does a firewall stand in between?",
            SocketError.AccessDenied => $"connecting to {address} is not permitted here; does a firewall forbid it?",
            _ => $"cannot connect to {address} ({e.SocketErrorCode}); is the server running?",
        };
        return new LiveStreamException(message, e);
    }

    /// <summary>The time-out passed before the connection was there.</summary>
    public static LiveStreamException NoAnswer(string host, int port, TimeSpan timeout) =>
        new($"{AddressText(host, port)} does not answer within {Seconds(timeout)}; is the address right, and does a firewall stand in between?");

    /// <summary>The time-out passed before the server said what it must say first.</summary>
    public static LiveStreamException Silent(string address, TimeSpan timeout) =>
        new($"{address} took the connection, but is not a KnSock server (it said nothing within {Seconds(timeout)}); is the port right?");

    /// <summary>The connection was closed before it could be used.</summary>
    public static LiveStreamException Closed(string address, Exception? inner = null) => inner is null
        ? new($"{address} took the connection and closed it at once; is it a KnSock server, and is the port right?")
        : new($"{address} took the connection and closed it at once; is it a KnSock server, and is the port right?", inner);

    /// <summary>What answers is something else.</summary>
    public static LiveStreamException NotKnSock(string address, ProtocolException e) => new(
        e.Code == ProtocolErrorCode.NotKnSock
            ? $"{address} answered, but is not a KnSock server ({e.Message}); is the port right?"
            : $"{address} answered, but is not a KnSock server; is the port right?",
        e);

    /// <summary>The server speaks TLS, but its certificate is not trusted; or what it speaks is not TLS.</summary>
    public static LiveStreamException NotEncrypted(string address, AuthenticationException e) => e.InnerException is null && e.Message.Contains("certificate", StringComparison.Ordinal)
        ? new($"the certificate of {address} is not trusted ({Printable(e.Message)}); name the certificate of its authority (--tls-ca) or, if nobody can be on the way, take any (--insecure)", e)
        : NoTls(address, e);

    /// <summary>The server does not speak TLS.</summary>
    public static LiveStreamException NoTls(string address, Exception e) =>
        new($"{address} does not speak TLS ({Printable((e.InnerException ?? e).Message)}); is it a server without a certificate, to be connected to without TLS, and is the port right?", e);

    /// <summary>A kn-sock server says nothing of what it does.</summary>
    public static LiveStreamException LegacyExplainsNothing(string address) =>
        new($"{address} is a kn-sock server, which chooses nothing and so has no reasons to tell; ask a KnSock server");

    /// <summary>A kn-sock server knows no positions.</summary>
    public static LiveStreamException LegacyHasNoPositions(string address) =>
        new($"{address} is a kn-sock server, which plays each video from its beginning; leave the start position out");

    /// <summary>A kn-sock server has no videos.</summary>
    public static LiveStreamException LegacyHasNoVideos(string address) =>
        new($"{address} is a kn-sock server that offers no videos; start it with some");

    /// <summary>No version is spoken by both.</summary>
    public static LiveStreamException Version(string address, int oldest, int newest) => new(
        $"{address} speaks versions {oldest} to {newest} of the protocol, this client version {ProtocolLimits.Version}; "
        + $"update the {(oldest > ProtocolLimits.Version ? "client" : "server")}");

    /// <summary>The server said no, and why.</summary>
    public static LiveStreamException Refused(string address, ErrorNotice notice) =>
        new($"{address} refused the viewer: {Printable(notice.Message)} ({Printable(notice.Code)})") { IsFinal = notice.Code is "token" or "tls" };

    /// <summary>The server does not say why, and why not.</summary>
    public static LiveStreamException NotExplained(string address, ErrorNotice notice) =>
        new($"{address} does not answer: {Printable(notice.Message)} ({Printable(notice.Code)})");

    /// <summary>The server passes the question over.</summary>
    public static LiveStreamException NotUnderstood(string address, TimeSpan timeout) =>
        new($"{address} did not answer within {Seconds(timeout)}; if it is not overloaded it is an older server that cannot say why; update it");

    /// <summary>The connection ended while the server was answering.</summary>
    public static LiveStreamException Lost(string address, Exception? inner = null)
    {
        var message = $"the connection to {address} was lost; is the server still running?";
        return inner is null ? new(message) : new(message, inner);
    }

    /// <summary>Text from a server without anything that could do harm to a terminal, cut to a length.</summary>
    public static string Printable(string text)
    {
        var clean = new StringBuilder();
        foreach (var rune in text.EnumerateRunes().Take(LongestForeignText))
        {
            var isPlain = Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Control or UnicodeCategory.Format
                or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned);
            clean.Append(isPlain ? rune.ToString() : "?");
        }

        return clean.ToString();
    }

    private static string Seconds(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.###} s");
}
