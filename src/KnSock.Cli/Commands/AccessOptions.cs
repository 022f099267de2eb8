using System.CommandLine;
using KnSock.Cli.Arguments;
using KnSock.Server;
using KnSock.Server.Access;

namespace KnSock.Cli.Commands;

/// <summary>The options that say whom a server lets in, how many, and how the way to them is protected.</summary>
internal sealed class AccessOptions
{
    private static readonly LiveStreamServerOptions Defaults = new() { VideoPaths = [] };

    private readonly Option<string?> _certificate = new("--tls-cert")
    {
        HelpName = "FILE",
        Description = "Certificate (PEM, with those of its authorities behind it, or .pfx with the key): encrypts the three ports and the web endpoint. It is read anew when the file changes.",
    };

    private readonly Option<string?> _key = new("--tls-key") { HelpName = "FILE", Description = "Private key of the certificate (PEM, not encrypted). Default: it is in the file of the certificate." };
    private readonly Option<string?> _viewerKey = new("--viewer-key")
    {
        HelpName = "FILE",
        Description = "Let in only who shows a viewer token signed with a key in FILE; 'knsock token' makes keys and tokens.",
    };

    private readonly Option<int?> _maxSessions = Verb.NumberOption(
        "--max-sessions", "N", $"Most viewers at a time. Default: {Defaults.MaxSessions}.", lowest: 1, highest: 1_000_000);

    private readonly Option<int?> _maxSessionsPerAddress = Verb.NumberOption(
        "--max-sessions-per-address",
        "N",
        $"Most viewers at a time from one address (IPv6: its first 64 bits), but for programs on this machine; 0: no limit. Default: {Defaults.MaxSessionsPerAddress}.",
        lowest: 0,
        highest: 1_000_000);

    private readonly Option<int?> _maxPending = Verb.NumberOption(
        "--max-pending", "N", $"Most connections at a time that have not said who they are. Default: {Defaults.MaxPendingConnections}.", lowest: 8, highest: 1_000_000);

    private readonly Option<int?> _maxPendingPerAddress = Verb.NumberOption(
        "--max-pending-per-address", "N", $"The same from one address; 0: no limit. Default: {Defaults.MaxPendingConnectionsPerAddress}.", lowest: 0, highest: 1_000_000);

    private readonly Option<long?> _maxWaiting = Verb.Valued<long?>(
        "--max-waiting",
        "SIZE",
        "The most that is kept, in all sessions together, for viewers who do not take it. Default: 64M.",
        text => ByteSize.TryParse(text, out var bytes) ? (bytes, null) : (null, $"'{text}' is not a size; write 64M or 1G"));

    private readonly Option<TimeSpan?> _handshakeTimeout = Verb.DurationOption(
        "--handshake-timeout", $"Close a connection that has not said who it is after this time. Default: {Defaults.HandshakeTimeout.TotalSeconds:0}s.");

    private readonly Option<TimeSpan?> _idleTimeout = Verb.DurationOption(
        "--idle-timeout", $"Let a viewer go from whom nothing was heard for this time. Default: {Defaults.IdleTimeout.TotalSeconds:0}s.");

    private readonly Option<TimeSpan?> _noProgressTimeout = Verb.DurationOption(
        "--no-progress-timeout", $"Let a viewer go that took nothing for this time although something was to be sent. Default: {Defaults.NoProgressTimeout.TotalSeconds:0}s.");

    /// <summary>From names in code to names on the command line.</summary>
    public static IReadOnlyDictionary<string, string> Names { get; } = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        [nameof(LiveStreamServerOptions.MaxSessions)] = "--max-sessions",
        [nameof(LiveStreamServerOptions.MaxSessionsPerAddress)] = "--max-sessions-per-address",
        [nameof(LiveStreamServerOptions.MaxPendingConnections)] = "--max-pending",
        [nameof(LiveStreamServerOptions.MaxPendingConnectionsPerAddress)] = "--max-pending-per-address",
        [nameof(LiveStreamServerOptions.MaxWaitingBytes)] = "--max-waiting",
        [nameof(LiveStreamServerOptions.HandshakeTimeout)] = "--handshake-timeout",
        [nameof(LiveStreamServerOptions.IdleTimeout)] = "--idle-timeout",
        [nameof(LiveStreamServerOptions.NoProgressTimeout)] = "--no-progress-timeout",
        [nameof(LiveStreamServerOptions.Tls)] = "--tls-cert",
    };

    /// <summary>The options in the order of the help text.</summary>
    public IEnumerable<Option> All =>
        [_certificate, _key, _viewerKey, _maxSessions, _maxSessionsPerAddress, _maxPending, _maxPendingPerAddress, _maxWaiting, _handshakeTimeout, _idleTimeout, _noProgressTimeout];

    /// <summary>The server's options with what the command line says.</summary>
    /// <exception cref="CommandFailure">There is a key and no certificate.</exception>
    public LiveStreamServerOptions ApplyTo(LiveStreamServerOptions options, ParseResult result)
    {
        var (certificate, key) = (result.GetValue(_certificate), result.GetValue(_key));
        if (certificate is null && key is not null)
        {
            throw new CommandFailure("--tls-key is of use with --tls-cert only; name the certificate, too", ExitCode.Usage);
        }

        return options with
        {
            Tls = certificate is null ? null : new TlsOptions { CertificatePath = certificate, KeyPath = key },
            ViewerKeys = result.GetValue(_viewerKey) is { } path ? ViewerKeys.FromFile(path) : null,
            MaxSessions = result.GetValue(_maxSessions) ?? Defaults.MaxSessions,
            MaxSessionsPerAddress = OrNone(result.GetValue(_maxSessionsPerAddress), Defaults.MaxSessionsPerAddress),
            MaxPendingConnections = result.GetValue(_maxPending) ?? Defaults.MaxPendingConnections,
            MaxPendingConnectionsPerAddress = OrNone(result.GetValue(_maxPendingPerAddress), Defaults.MaxPendingConnectionsPerAddress),
            MaxWaitingBytes = result.GetValue(_maxWaiting) ?? Defaults.MaxWaitingBytes,
            HandshakeTimeout = result.GetValue(_handshakeTimeout) ?? Defaults.HandshakeTimeout,
            IdleTimeout = result.GetValue(_idleTimeout) ?? Defaults.IdleTimeout,
            NoProgressTimeout = result.GetValue(_noProgressTimeout) ?? Defaults.NoProgressTimeout,
        };
    }

    private static int? OrNone(int? given, int? otherwise) => given switch { null => otherwise, 0 => null, _ => given };
}
