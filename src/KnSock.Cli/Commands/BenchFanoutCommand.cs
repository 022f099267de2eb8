using System.CommandLine;
using KnSock.Cli.Output;
using KnSock.Fanout;

namespace KnSock.Cli.Commands;

/// <summary><c>knsock bench fanout</c>: what it costs to serve many viewers.</summary>
internal sealed class BenchFanoutCommand : Verb
{
    private const int MostViewers = 100_000;
    private static readonly FanoutOptions Defaults = new() { KnSock = [] };

    private readonly Terminal _terminal;
    private readonly Option<int?> _viewers = NumberOption("--viewers", "N", $"Viewers. Default: {Defaults.Viewers}.", lowest: 1, MostViewers);
    private readonly Option<TimeSpan?> _seconds = DurationOption("--seconds", $"How long is measured in each round. Default: {Defaults.Duration.TotalSeconds:0}.");
    private readonly Option<int?> _channels = NumberOption("--channels", "C", "Channels that they are spread over. Default: 1.", lowest: 1, highest: 99);
    private readonly Option<FanoutTransport?> _transport = Valued<FanoutTransport?>(
        "--transport", "NAME", "How they are connected: tcp, as the player, or websocket, as a browser. Default: tcp.", ReadTransport);

    private readonly Option<FanoutEdge?> _edge = Valued<FanoutEdge?>(
        "--edge", "WHERE", "live: at the live edge, nothing sent ahead; readahead: 8 s ahead. Default: readahead.", ReadEdge);

    private readonly Option<int?> _rounds = NumberOption("--rounds", "R", "Server and yardstick by turns, this often; costs are medians. Default: 1.", lowest: 1, highest: 100);
    private readonly Option<int?> _slow = NumberOption("--slow", "N", "Further viewers that read at half the rate.", lowest: 0, MostViewers);
    private readonly Option<int?> _stuck = NumberOption("--stuck", "N", "Further viewers that read nothing for 10 s in the middle.", lowest: 0, MostViewers);
    private readonly Option<int?> _idle = NumberOption("--idle", "N", "Further viewers that are connected and select nothing.", lowest: 0, MostViewers);
    private readonly Option<int?> _churn = NumberOption("--churn", "R", "Further viewers that join a second, and leave after two.", lowest: 0, highest: 1000);
    private readonly Option<int?> _probes = NumberOption("--probes", "M", $"Viewers that join one after another with all running. Default: {Defaults.Probes}.", lowest: 0, highest: 10_000);
    private readonly Option<bool> _noYardstick = new("--no-yardstick") { Description = "Measure the server alone." };
    private readonly Option<int?> _batch = NumberOption(
        "--batch-ms", "MS", "How often the yardstick sends. Default: 33 at the live edge, 350 with read-ahead.", lowest: 1, highest: 10_000);

    private readonly Option<string?> _video = new("--video")
    {
        HelpName = "FILE",
        Description = "What is served, with all its rungs. Default: 20 s of 720p at 2.6 Mbit/s with its sound, made once, one rung.",
    };

    private readonly Option<bool> _json = new("--json") { Description = "Print the figures as one JSON object on the last line." };

    /// <summary>Creates the verb.</summary>
    public BenchFanoutCommand(Terminal terminal) : base("fanout", "Serve many viewers on this machine and print what that costs, beside the least that it could.")
    {
        _terminal = terminal;
        foreach (var option in (Option[])
            [_viewers, _seconds, _channels, _transport, _edge, _rounds, _slow, _stuck, _idle, _churn, _probes, _noYardstick, _batch, _video, _json])
        {
            Add(option);
        }

        SetAction(RunAsync);
    }

    /// <inheritdoc/>
    public override string Usage => "bench fanout [OPTIONS]";

    /// <inheritdoc/>
    public override IReadOnlyList<(string CommandLine, string Does)> Examples =>
    [
        ("knsock bench fanout --viewers 1000 --edge live --rounds 3", "What a thousand viewers at the live edge cost, and how late they are."),
        ("knsock bench fanout --viewers 200 --slow 50 --stuck 1", "Whether those who cannot follow change anything for the others."),
        ("knsock bench fanout --viewers 500 --transport websocket", "What viewers in browsers cost."),
        ("knsock bench fanout --viewers 500 --json", "The same for programs."),
    ];

    private async Task<int> RunAsync(ParseResult result, CancellationToken cancellationToken)
    {
        try
        {
            var report = await new FanoutBenchmark(OptionsFrom(result), step => _terminal.Error.WriteLine(step)).RunAsync(cancellationToken);
            if (result.GetValue(_json))
            {
                _terminal.Out.WriteLine(CliJson.Write(report));
            }
            else
            {
                FanoutTable.Write(_terminal, report);
            }

            return ExitCode.Success;
        }
        catch (FanoutException e)
        {
            throw new CommandFailure(e.Message);
        }
    }

    private FanoutOptions OptionsFrom(ParseResult result) => new()
    {
        KnSock = BenchCommand.OwnProgram(),
        Viewers = result.GetValue(_viewers) ?? Defaults.Viewers,
        Duration = result.GetValue(_seconds) ?? Defaults.Duration,
        Channels = result.GetValue(_channels) ?? Defaults.Channels,
        Transport = result.GetValue(_transport) ?? Defaults.Transport,
        Edge = result.GetValue(_edge) ?? Defaults.Edge,
        Rounds = result.GetValue(_rounds) ?? Defaults.Rounds,
        Slow = result.GetValue(_slow) ?? 0,
        Stuck = result.GetValue(_stuck) ?? 0,
        Idle = result.GetValue(_idle) ?? 0,
        Churn = result.GetValue(_churn) ?? 0,
        Probes = result.GetValue(_probes) ?? Defaults.Probes,
        HasYardstick = !result.GetValue(_noYardstick),
        Batch = result.GetValue(_batch) is { } ms ? TimeSpan.FromMilliseconds(ms) : null,
        VideoPath = result.GetValue(_video),
    };

    private static (FanoutTransport? Value, string? Error) ReadTransport(string text) => text switch
    {
        "tcp" => (FanoutTransport.Tcp, null),
        "websocket" => (FanoutTransport.WebSocket, null),
        _ => (null, $"'{text}' is not a transport; use tcp or websocket"),
    };

    private static (FanoutEdge? Value, string? Error) ReadEdge(string text) => text switch
    {
        "live" => (FanoutEdge.Live, null),
        "readahead" => (FanoutEdge.ReadAhead, null),
        _ => (null, $"'{text}' is not one; use live or readahead"),
    };
}
