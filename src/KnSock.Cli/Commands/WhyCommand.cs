using System.CommandLine;
using KnSock.Cli.Arguments;
using KnSock.Cli.Output;
using KnSock.Client;
using KnSock.Protocol.Messages;
using KnSock.Server.Adaptation;

namespace KnSock.Cli.Commands;

/// <summary><c>knsock why</c>: prints why a server's viewers are sent the renditions that they are sent.</summary>
internal sealed class WhyCommand : Verb
{
    private readonly Terminal _terminal;
    private readonly Argument<Endpoint> _server = ServerArgument();
    private readonly Option<string?> _session = Valued<string>(
        "--session", "S", "Only this viewer, by the name that the server's log has for it: v3. Default: all.", text => text.Length > 0 ? (text, null) : (null, "the name is empty; write v3"));

    private readonly Option<bool> _follow = new("--follow") { Description = "Go on with each decision as it is taken, until Ctrl+C." };
    private readonly WayOptions _way = new();
    private readonly Option<bool> _json = new("--json") { Description = "Print a JSON object a line, all that a decision was taken from; 'knsock simulate --replay' reads it." };

    /// <summary>Creates the verb.</summary>
    public WhyCommand(Terminal terminal) : base("why", "Show why the viewers of a server on this machine get the renditions that they get.")
    {
        _terminal = terminal;
        Add(_server);
        Add(_session);
        Add(_follow);
        Add(_json);
        foreach (var option in _way.All)
        {
            Add(option);
        }

        SetAction(RunAsync);
    }

    /// <inheritdoc/>
    public override string Usage => "why HOST[:PORT] [--session S] [--follow] [--json] [OPTIONS]";

    /// <inheritdoc/>
    public override IReadOnlyList<(string CommandLine, string Does)> Examples =>
    [
        ("knsock why 127.0.0.1:9000", "The newest decisions for each viewer, and why it stays where it is now."),
        ("knsock why 127.0.0.1:9000 --session v3 --follow", "Those for one viewer, and all that are still to come."),
        ("knsock why 127.0.0.1:9000 --json", "The same for programs, to be kept in a file and taken again: knsock simulate --replay FILE."),
    ];

    private async Task<int> RunAsync(ParseResult result, CancellationToken cancellationToken)
    {
        var server = result.GetRequiredValue(_server);
        var options = _way.ApplyTo(new LiveStreamClientOptions { Host = server.Host, VideoPort = server.Port }, result);
        await using var client = Checked(() => new LiveStreamClient(options), WayOptions.Names);
        var (isJson, isFollowing, isAny) = (result.GetValue(_json), result.GetValue(_follow), false);
        await foreach (var decision in client.ExplainAsync(result.GetValue(_session), isFollowing, cancellationToken))
        {
            isAny = true;
            Write(decision, isJson);
        }

        if (!isAny && !isJson)
        {
            _terminal.Out.WriteLine(result.GetValue(_session) is { } session ? $"viewer {Printable.Escape(session)} plays nothing at present" : "no viewer plays anything at present");
        }

        return ExitCode.Success;
    }

    private void Write(DecisionNotice notice, bool isJson)
    {
        if (notice.Missed is { } missed)
        {
            _terminal.Complain($"{missed} decisions are missing here: they came faster than they were taken");
        }

        if (isJson)
        {
            _terminal.Out.WriteLine(CliJson.Write(notice.Record));
        }
        else
        {
            var record = DecisionJson.TryRead(notice.Record.GetRawText(), out var read, out var fault)
                ? read
                : throw new CommandFailure($"the server sent a decision that this version does not understand ({fault}); use the version of the server, or --json");
            DecisionText.Write(_terminal, record, TimeProvider.System.GetLocalNow() - TimeSpan.FromSeconds(Math.Clamp(notice.AgeSeconds, 0, 1e9)));
        }

        _terminal.Out.Flush();
    }
}
