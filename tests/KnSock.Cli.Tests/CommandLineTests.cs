using System.CommandLine;
using KnSock.Cli.Commands;
using KnSock.Cli.Output;

namespace KnSock.Cli.Tests;

public sealed class CommandLineTests
{
    [Theory]
    [InlineData("", "no command given")]
    [InlineData("plya h", "did you mean 'play'?")]
    [InlineData("--versoin", "did you mean '--version'?")]
    [InlineData("play", "HOST[:PORT] is missing")]
    [InlineData("play h --headles", "did you mean '--headless'?")]
    [InlineData("play h extra", "one argument too many")]
    [InlineData("play h --record", "--record needs a value: --record FILE.mp4")]
    [InlineData("play h --video 1 --video 2", "--video was given more than once")]
    [InlineData("play h --duration soon", "not a length of time")]
    [InlineData("play h --fps 0", "not a rate")]
    [InlineData("play h --max-target-delay 0.5s", "not a whole number from 0 to 60000")]
    [InlineData("play h:0", "not a port")]
    [InlineData("channels a/b", "not a server")]
    [InlineData("channels @file", "not a server")]
    [InlineData("serve", "no video to serve")]
    [InlineData("serve 9000", "no video to serve")]
    [InlineData("serve 9000 a.mp4 --hots x", "did you mean '--host'?")]
    [InlineData("serve a.mp4 --heights 720,x", "not a list of heights")]
    [InlineData("serve a.mp4 --log-level loud", "not a level")]
    [InlineData("serve a.mp4 --max-sessions 0", "not a whole number from 1")]
    [InlineData("serve a.mp4 --max-uplink fast", "'fast' is not a rate; write 100M, 800k or a number of bits a second")]
    [InlineData("store", "no command given; use list, verify or clear; see 'knsock store --help'")]
    [InlineData("store lsit", "'lsit' is not a command of knsock store; did you mean 'list'?")]
    [InlineData("store list --jsn", "did you mean '--json'? see 'knsock store list --help'")]
    [InlineData("store list extra", "one argument too many")]
    [InlineData("bench", "no command given; use fanout, growth or shaped; see 'knsock bench --help'")]
    [InlineData("bench fanuot", "'fanuot' is not a command of knsock bench; did you mean 'fanout'?")]
    [InlineData("bench fanout --viewers 0", "not a whole number from 1")]
    [InlineData("bench fanout --edge here", "use live or readahead")]
    [InlineData("bench fanout --transport udp", "use tcp or websocket")]
    [InlineData("bench growth --viewers 100,many", "--viewers: '100,many' is not a list of whole numbers from 1 to 100000")]
    [InlineData("bench growth --channels 0", "--channels: '0' is not a list of whole numbers from 1 to 99")]
    [InlineData("bench growth --idle -1", "--idle: '-1' is not a whole number from 0")]
    [InlineData("bench growth --edge here", "use live, readahead or both")]
    [InlineData("bench shaped --traces x --regime sideways", "use readahead, live or both")]
    [InlineData("bench growth --plot", "--plot needs a value: --plot FILE.json")]
    [InlineData("simulate --regime here", "--regime: 'here' is not one; use live, readahead or both")]
    [InlineData("simulate --policy best", "--policy: 'best' is not one; use knsock, bba, bola")]
    [InlineData("simulate --half best", "--half: 'best' is not one; use tuning or heldout")]
    [InlineData("simulate --delay 10", "--delay: '10' is not a whole number from 50 to 60000")]
    [InlineData("simulate --rtt 0", "--rtt: '0' is not a whole number from 1 to 2000")]
    [InlineData("simulate --replay", "--replay needs a value: --replay FILE")]
    [InlineData("why", "HOST[:PORT] is missing")]
    [InlineData("why h --folow", "did you mean '--follow'?")]
    [InlineData("why h --session", "--session needs a value: --session S")]
    [InlineData("why a/b", "not a server")]
    [InlineData("store verify --store", "--store needs a value: --store DIR")]
    [InlineData("store list --store=", "--store needs a value: --store DIR")]
    public async Task A_command_line_that_is_none_gives_one_line_and_exit_code_2(string commandLine, string says)
    {
        var (code, output, error) = await RunAsync(commandLine);
        Assert.Equal(2, code);
        Assert.Empty(output);
        Assert.StartsWith("knsock: ", error, StringComparison.Ordinal);
        Assert.Contains(says, error, StringComparison.Ordinal);
        Assert.EndsWith("--help'", error.TrimEnd(), StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.TrimEnd());
    }

    [Theory]
    [InlineData("serve 65530 a.mp4", "knsock: --control-port 65540 is not a port")]
    [InlineData("serve a.mp4 --gop 1h", "knsock: --gop must")]
    [InlineData("serve a.mp4 --heights 2", "knsock: --heights must")]
    [InlineData("serve a.mp4 --audio-port 8000", "knsock: --control-port")]
    [InlineData("serve a.mp4 --max-uplink 1k", "knsock: --max-uplink must be at least 100,000 bit/s")]
    [InlineData("bench shaped", "knsock: --traces is missing")]
    [InlineData("bench shaped --traces x --regime both --delay 300", "knsock: --delay goes with one regime")]
    public async Task A_value_out_of_range_is_a_usage_error_under_the_name_that_was_typed(string commandLine, string says)
    {
        var (code, _, error) = await RunAsync(commandLine);
        Assert.Equal(2, code);
        Assert.StartsWith(says, error, StringComparison.Ordinal);
        Assert.DoesNotContain("Parameter", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--help", "Usage: knsock COMMAND")]
    [InlineData("serve --help", "Usage: knsock serve")]
    [InlineData("run-live-server -h", "Usage: knsock serve")]
    [InlineData("connect-live-server -h", "Usage: knsock play")]
    [InlineData("play h:x --help", "Usage: knsock play")]
    [InlineData("channels --help", "Usage: knsock channels")]
    [InlineData("why --help", "Usage: knsock why HOST[:PORT] [--session S] [--follow] [--json]")]
    [InlineData("store --help", "Usage: knsock store COMMAND")]
    [InlineData("store clear --help", "Usage: knsock store clear")]
    public async Task Help_is_data_and_no_error_stands_in_its_way(string commandLine, string says)
    {
        var (code, output, error) = await RunAsync(commandLine);
        Assert.Equal(0, code);
        Assert.Empty(error);
        Assert.Contains(says, output, StringComparison.Ordinal);
        Assert.Contains("Examples:", output, StringComparison.Ordinal);
    }

    [Fact]
    public void Help_describes_every_option_and_every_example_is_a_command_line()
    {
        var root = CommandLine.Create(new Terminal(TextWriter.Null, TextWriter.Null));
        foreach (var verb in root.Subcommands.Concat(root.Subcommands.SelectMany(c => c.Subcommands)).Cast<Verb>())
        {
            using var help = new StringWriter();
            HelpText.Write(help, verb);
            var told = verb.Options.Where(o => !o.Hidden).ToList();
            Assert.All(told, o => Assert.Contains($"  {o.Name}", help.ToString(), StringComparison.Ordinal));
            Assert.All(told, o => Assert.NotEmpty(o.Description!));
            Assert.All(verb.Examples, e => Assert.Empty(root.Parse(e.CommandLine["knsock ".Length..]).Errors));
        }
    }

    [Fact]
    public async Task The_version_is_a_number_alone()
    {
        var (code, output, _) = await RunAsync("--version");
        Assert.Equal(0, code);
        Assert.Matches(@"^\d+\.\d+\.\d+\s*$", output);
    }

    [Fact]
    public async Task A_file_that_is_missing_is_a_failure_not_a_usage_error()
    {
        var (code, output, error) = await RunAsync("serve 0 /nowhere/no-such-file.mp4 --log-level none");
        Assert.Equal(1, code);
        Assert.Empty(output);
        Assert.StartsWith("knsock: ", error, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.TrimEnd());
    }

    private static async Task<(int Code, string Output, string Error)> RunAsync(string commandLine)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var args = commandLine.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var code = await CommandLine.RunAsync(args, new Terminal(output, error), CancellationToken.None);
        return (code, output.ToString(), error.ToString());
    }
}
