using System.CommandLine;
using KnSock.Client;

namespace KnSock.Cli.Commands;

/// <summary>The options that say how the way to a server is protected, and by what it knows the viewer.</summary>
internal sealed class WayOptions
{
    private readonly Option<bool> _tls = new("--tls") { Description = "Connect with TLS, as to a server with a certificate." };
    private readonly Option<string?> _ca = new("--tls-ca")
    {
        HelpName = "FILE",
        Description = "Trust the certificates in FILE (PEM) instead of the system's authorities; for a server that signed its certificate itself, that certificate. Takes TLS.",
    };

    private readonly Option<bool> _insecure = new("--insecure") { Description = "Connect with TLS and take any certificate: protects from nobody who can change what is on the way." };
    private readonly Option<string?> _tokenFile = new("--token-file") { HelpName = "FILE", Description = "File with the viewer token, for a server that asks for one." };

    /// <summary>From names in code to names on the command line.</summary>
    public static IReadOnlyDictionary<string, string> Names { get; } = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        [nameof(LiveStreamClientOptions.TlsCaPath)] = "--tls-ca",
        [nameof(LiveStreamClientOptions.Token)] = "--token-file",
    };

    /// <summary>The options in the order of the help text.</summary>
    public IEnumerable<Option> All => [_tls, _ca, _insecure, _tokenFile];

    /// <summary>The client's options with what the command line says.</summary>
    /// <exception cref="CommandFailure">The file with the token cannot be read.</exception>
    public LiveStreamClientOptions ApplyTo(LiveStreamClientOptions options, ParseResult result)
    {
        var (ca, insecure) = (result.GetValue(_ca), result.GetValue(_insecure));
        return options with
        {
            UseTls = result.GetValue(_tls) || ca is not null || insecure,
            TlsCaPath = ca,
            TrustsAnyCertificate = insecure,
            Token = result.GetValue(_tokenFile) is { } path ? ReadToken(path) : null,
        };
    }

    private static string ReadToken(string path)
    {
        try
        {
            return File.ReadAllText(path).Trim() is { Length: > 0 } token ? token : throw new CommandFailure($"{path} holds no viewer token; ask whoever runs the server for one");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandFailure($"the viewer token in {path} cannot be read ({e.Message}); name another file with --token-file");
        }
    }
}
