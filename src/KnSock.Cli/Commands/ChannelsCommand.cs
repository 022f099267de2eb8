using System.CommandLine;
using KnSock.Cli.Arguments;
using KnSock.Cli.Output;
using KnSock.Client;

namespace KnSock.Cli.Commands;

/// <summary><c>knsock channels</c>: prints a server's catalog.</summary>
internal sealed class ChannelsCommand : Verb
{
    private readonly Terminal _terminal;
    private readonly Argument<Endpoint> _server = ServerArgument();
    private readonly WayOptions _way = new();
    private readonly Option<bool> _legacy = LegacyOption();
    private readonly Option<bool> _json = new("--json") { Description = "Print a JSON array instead of a table." };

    /// <summary>Creates the verb.</summary>
    public ChannelsCommand(Terminal terminal) : base("channels", "List the channels of a server.")
    {
        _terminal = terminal;
        Add(_server);
        Add(_json);
        Add(_legacy);
        foreach (var option in _way.All)
        {
            Add(option);
        }

        SetAction(RunAsync);
    }

    /// <inheritdoc/>
    public override string Usage => "channels HOST[:PORT] [--json] [OPTIONS]";

    /// <inheritdoc/>
    public override IReadOnlyList<(string CommandLine, string Does)> Examples =>
    [
        ("knsock channels 192.168.1.10:9000", "A table; its first column is what 'knsock play --video' takes."),
        ("knsock channels 192.168.1.10:9000 --json", "The same for programs."),
    ];

    private async Task<int> RunAsync(ParseResult result, CancellationToken cancellationToken)
    {
        var server = result.GetRequiredValue(_server);
        var options = _way.ApplyTo(new LiveStreamClientOptions { Host = server.Host, VideoPort = server.Port, Legacy = result.GetValue(_legacy) }, result);
        await using var client = Checked(() => new LiveStreamClient(options), WayOptions.Names);
        var channels = await client.ConnectAsync(cancellationToken);
        if (result.GetValue(_json))
        {
            _terminal.Out.WriteLine(CliJson.Write(channels));
        }
        else
        {
            ChannelTable.Write(_terminal, channels);
        }

        return ExitCode.Success;
    }
}
