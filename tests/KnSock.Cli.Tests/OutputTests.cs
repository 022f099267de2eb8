using System.Net;
using System.Text.Json;
using KnSock.Cli.Output;
using Microsoft.Extensions.Logging;

namespace KnSock.Cli.Tests;

public sealed class OutputTests
{
    [Fact]
    public void The_report_has_exactly_the_agreed_properties()
    {
        using var json = JsonDocument.Parse(CliJson.Write(PlayReport.From(Make.Statistics())));
        string[] agreed =
        [
            "channel", "joinMs", "framesPresented", "framesDropped", "stalls", "stallMs", "avSkewP95Ms", "latencyP50Ms", "latencyP95Ms",
            "switches", "renditions", "bytesReceived", "audioSeconds", "errors",
            "targetDelayMs", "lowestRate", "highestRate", "jumps", "watched",
        ];
        Assert.Equal(agreed, json.RootElement.EnumerateObject().Select(p => p.Name), StringComparer.Ordinal);
        Assert.Equal(120.46, json.RootElement.GetProperty("joinMs").GetDouble());
        Assert.Equal(600, json.RootElement.GetProperty("framesPresented").GetInt64());
        Assert.Equal((340.5, 0.95, 1.1, 2), (Number("targetDelayMs"), Number("lowestRate"), Number("highestRate"), (int)Number("jumps")));

        double Number(string name) => json.RootElement.GetProperty(name).GetDouble();
    }

    [Fact]
    public void Numbers_that_JSON_cannot_hold_become_null()
    {
        var report = PlayReport.From(Make.Statistics(joinMs: null) with { AvSkewP95Ms = double.NaN, LatencyP50Ms = double.PositiveInfinity });
        using var json = JsonDocument.Parse(CliJson.Write(report));
        foreach (var name in new[] { "joinMs", "avSkewP95Ms", "latencyP50Ms" })
        {
            Assert.Equal(JsonValueKind.Null, json.RootElement.GetProperty(name).ValueKind);
        }

        Assert.All(report.ToLines(), line => Assert.NotEmpty(line));
    }

    [Fact]
    public void JSON_is_one_line_of_ASCII_whatever_a_title_holds()
    {
        var json = CliJson.Write([Make.Channel(0, "a", "ü\u001b[2J\n\u202e")]);
        Assert.All(json, c => Assert.InRange(c, ' ', '~'));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_title_is_neither_markup_nor_an_escape_in_the_table(bool drawn)
    {
        using var output = new StringWriter();
        ChannelTable.Write(new Terminal(output, TextWriter.Null) { OutIsTerminal = drawn }, [Make.Channel(0, "n[red]", "[link]\u001b]0;x\u0007")]);
        Assert.Contains("n[red]", output.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("\u001b]0;", output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void The_plain_table_has_a_line_a_channel_and_the_highest_rung_first()
    {
        using var output = new StringWriter();
        ChannelTable.Write(new Terminal(output, TextWriter.Null), [Make.Channel(0, "news"), Make.Channel(1, "film")]);
        var lines = output.ToString().TrimEnd().Split('\n');
        Assert.Equal(3, lines.Length);
        Assert.StartsWith("1  film", lines[2], StringComparison.Ordinal);
        Assert.EndsWith("0:20    1280x720  30   yes    720p 240p", lines[2].TrimEnd(), StringComparison.Ordinal);
    }

    [Fact]
    public void How_the_rungs_come_about_stands_under_the_table_and_in_the_json()
    {
        using var output = new StringWriter();
        var channel = Make.Channel(0, "news") with { Encoding = "all rungs are encoded: \u001b[2J" };
        ChannelTable.Write(new Terminal(output, TextWriter.Null), [channel, Make.Channel(1, "film")]);

        Assert.EndsWith("news: all rungs are encoded: \\u001b[2J", output.ToString().TrimEnd(), StringComparison.Ordinal);
        Assert.Contains("\"encoding\":\"all rungs are encoded:", CliJson.Write([channel]), StringComparison.Ordinal);
    }

    [Fact]
    public void The_ready_line_names_addresses_ports_and_channels()
    {
        var line = ReadyLine.Format(["127.0.0.1", "::1"], 9000, 9001, 9010, 8080, [Make.Channel(0, "a"), Make.Channel(1, "b\n")]);
        Assert.Equal("ready on 127.0.0.1:9000, [::1]:9000 (audio 9001, control 9010, http 8080): 0 a, 1 b\\u000a", line);
    }

    [Fact]
    public void A_wildcard_stands_for_addresses_that_can_be_connected_to()
    {
        Assert.Equal(["192.0.2.1"], ReadyLine.HostsOf("192.0.2.1"));
        Assert.Equal(["localhost"], ReadyLine.HostsOf("localhost"));
        Assert.DoesNotContain(ReadyLine.HostsOf("::"), h => h.StartsWith("fe80", StringComparison.Ordinal));
        Assert.All(ReadyLine.HostsOf("0.0.0.0"), h => Assert.True(IPAddress.Parse(h).AddressFamily is System.Net.Sockets.AddressFamily.InterNetwork));
    }

    [Fact]
    public void The_status_line_is_cut_to_the_terminal_and_taken_away()
    {
        using var error = new StringWriter();
        var status = new StatusLine(new Terminal(TextWriter.Null, error) { Width = () => 20 });
        status.Show(Make.Statistics());
        Assert.Equal("\r\u001b[2Knews 720p: picture ", error.ToString());
        status.Clear();
        Assert.EndsWith("\r\u001b[2K", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void An_entry_of_the_log_is_one_line() => Assert.Equal(
        "warn  Channel: cannot read a\\u001b b (IOException: x y)",
        LogWriter.Format(LogLevel.Warning, "Channel", "cannot read a\u001b\nb", new IOException("x\r\ny")));

    [Fact]
    public async Task The_log_is_written_out_when_it_ends()
    {
        using var output = new StringWriter();
        await using (var log = new LogWriter(output, TimeProvider.System))
        {
            var logger = log.CreateLogger("KnSock.Server.Channels.Channel");
            for (var i = 0; i < 100; i++)
            {
#pragma warning disable CA1848, CA2254, CA1873 // the plain call is what is tested
                logger.LogInformation("entry {Number}", i);
#pragma warning restore CA1848, CA2254, CA1873
            }
        }

        var lines = output.ToString().TrimEnd().Split('\n');
        Assert.Equal(100, lines.Length);
        Assert.EndsWith("info  Channel: entry 99", lines[^1].TrimEnd(), StringComparison.Ordinal);
    }
}
