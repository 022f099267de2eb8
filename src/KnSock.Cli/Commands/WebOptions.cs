using System.CommandLine;
using KnSock.Cli.Output;
using KnSock.Cli.Serving;
using KnSock.Server;

namespace KnSock.Cli.Commands;

/// <summary>Options of the web endpoint of <c>knsock serve</c>, and what opens it by them.</summary>
internal sealed class WebOptions
{
    private const int DefaultPort = 8080;

    private readonly Option<string?> _adminTokenFile = new("--admin-token-file")
    {
        HelpName = "FILE",
        Description = "File with the secret by which administrators are known on the web endpoint; made if there is none. Default: knsock/admin-token in $XDG_CONFIG_HOME or ~/.config.",
    };

    private readonly Option<bool> _alwaysToken = new("--always-admin-token") { Description = "Administrators on this machine have to show the token, too; for a server behind a proxy on the same machine." };

    private readonly Option<string[]> _allowOrigin = new("--allow-origin")
    {
        HelpName = "ORIGIN",
        Description = "Pages of this origin (https://example.org; * is every one) may play from this server, too. May be repeated.",
    };

    /// <summary>Where it listens.</summary>
    public Option<int?> Port { get; } = Verb.PortOption("--http-port", $"Port of the web endpoint: players in browsers; 0 is none. Default: {DefaultPort}, if it is free.", lowest: 0);

    /// <summary>Who may do what there.</summary>
    public IReadOnlyList<Option> Access => [_adminTokenFile, _alwaysToken, _allowOrigin];

    /// <summary>Opens the web endpoint. A port that nobody asked for may be taken by another.</summary>
    /// <param name="server">What it shows.</param>
    /// <param name="result">The command line.</param>
    /// <param name="log">Takes its log.</param>
    /// <param name="terminal">Is told what is amiss, and a new token.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The endpoint. Null: none is wanted, or its port, which nobody named, is taken.</returns>
    /// <exception cref="CommandFailure">A port that was named cannot be used, or a token file.</exception>
    public async Task<WebServer?> OpenAsync(LiveStreamServer server, ParseResult result, LogWriter log, Terminal terminal, CancellationToken cancellationToken)
    {
        var wanted = result.GetValue(Port);
        if (wanted == 0)
        {
            return null;
        }

        var port = wanted ?? DefaultPort;
        var token = OpenToken(result.GetValue(_adminTokenFile), terminal);
        try
        {
            var options = new KnSockHttpOptions
            {
                AdminToken = token?.Value,
                IsTokenAlwaysNeeded = result.GetValue(_alwaysToken),
                AllowedOrigins = result.GetValue(_allowOrigin) ?? [],
            };
            return await WebServer.StartAsync(server, port, options, log, cancellationToken);
        }
        catch (IOException e)
        {
            var complaint = $"port {port} cannot be used for the web endpoint ({Printable.Escape(e.Message)}); name another with --http-port, or 0 for none";
            if (wanted is not null)
            {
                throw new CommandFailure(complaint, ExitCode.Failed);
            }

            terminal.Complain(complaint);
            return null;
        }
    }

    /// <summary>A file that nobody named may be out of reach: then there is no token.</summary>
    private static AdminToken? OpenToken(string? path, Terminal terminal)
    {
        try
        {
            var token = AdminToken.Open(path ?? AdminToken.DefaultPath);
            if (token.IsNew)
            {
                terminal.Complain($"the admin token of the web endpoint is {token.Value}; it is kept in {Printable.Escape(token.Path)} and not shown again");
            }

            return token;
        }
        catch (CommandFailure e) when (path is null)
        {
            terminal.Complain(e.Message);
            return null;
        }
    }
}
