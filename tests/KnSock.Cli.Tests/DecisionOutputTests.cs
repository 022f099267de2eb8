using System.Text;
using System.Text.Json;
using KnSock.Cli.Output;
using KnSock.Server.Adaptation;
using KnSock.Server.Tests.Adaptation;

namespace KnSock.Cli.Tests;

public sealed class DecisionOutputTests
{
    private static readonly DateTimeOffset At = new(2026, 1, 2, 13, 4, 5, TimeSpan.Zero);
    private static readonly RenditionSelectorOptions Options = new();

    [Fact]
    public void A_change_says_what_why_and_what_was_weighed()
    {
        string?[] withdrawn = [null, null, null, null, "this machine is too slow"];
        var lines = Lines(Decisions.Take(new RenditionSelector(Options, 2), Seen.Viewer(2, 50e6, lead: 4) with { Withdrawn = withdrawn }, session: "v3"));

        Assert.Equal("13:04:05  v3  a.mp4  r2 -> r3", lines[0]);
        Assert.Equal("  the link carries 50000 kbit/s and 4.0 s are ahead of playout: enough for 2931 kbit/s", lines[1]);
        Assert.Equal("  RUNG  KBIT/S    VALUE  STALL S", lines[2]);
        Assert.Equal("  r4      5131        -        -  this machine is too slow", lines[3]);
        Assert.Matches(@"^  r3 \*    2931 +\d+\.\d{3}     0\.00$", lines[4]);
        Assert.Matches(@"^  r0       421 +-?\d+\.\d{3}     0\.00$", lines[7]);
        Assert.Equal(["", ""], lines[8..]);
    }

    [Fact]
    public void How_things_stand_says_why_it_stays()
    {
        var lines = Lines(Decisions.Take(new RenditionSelector(Options, 3), Seen.Viewer(3, 4e6, lead: 4)));

        Assert.Equal("13:04:05  v1  a.mp4  stays at r3", lines[0]);
        Assert.StartsWith("  it is worth most; the next best is r", lines[1], StringComparison.Ordinal);
    }

    [Fact]
    public void A_GOP_that_is_given_up_shows_costs()
    {
        var gop = Seen.Gops(1)[0];
        var lines = Lines(Decisions.Take(
            new RenditionSelector(Options, 4), Seen.Viewer(4, 600_000, lead: 0.5) with { Begun = gop, RestBytes = gop.Bytes[4] / 2, Rest = TimeSpan.FromSeconds(0.5) }));

        Assert.Equal("13:04:05  v1  a.mp4  r4 -> r0", lines[0]);
        Assert.Equal("  RUNG  KBIT/S     COST   LATE S", lines[2]);
        Assert.Matches(@"^  r0 \*     421 +\d+\.\d{3} +\d\.\d\d$", lines[7]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Text_of_the_network_is_no_escape(bool terminal)
    {
        var taken = Decisions.Take(new RenditionSelector(Options, 2), Seen.Viewer(2, null, lead: 4) with { Withdrawn = [null, null, null, null, "\u001b[2J\u202e"] }, session: "\u001b]0;x\u0007")
            with { Channel = "a\nb" };
        var text = string.Join('\n', Lines(taken, terminal));

        Assert.DoesNotContain('\u001b', text);
        Assert.DoesNotContain('\u202e', text);
        Assert.Contains("\\u001b[2J\\u202e", text, StringComparison.Ordinal);
        Assert.Contains("a\\u000ab", text, StringComparison.Ordinal);
    }

    [Fact]
    public void As_JSON_it_is_the_record_digit_by_digit_in_one_line_of_ASCII()
    {
        var taken = Decisions.Take(new RenditionSelector(Options, 2), Seen.Viewer(2, 1e6 / 3, lead: 0.1) with { Withdrawn = [null, null, null, null, "é\u202e\u001b"] });
        var sent = Encoding.UTF8.GetString(DecisionJson.Write(taken.ToRecord())).Replace("\\u202E", "\u202e", StringComparison.Ordinal);
        using var document = JsonDocument.Parse(sent);

        var line = CliJson.Write(document.RootElement);

        Assert.All(line, c => Assert.InRange(c, ' ', '~'));
        Assert.True(DecisionJson.TryRead(line, out var record, out _));
        Assert.Equal(DecisionJson.Write(taken.ToRecord()), DecisionJson.Write(record));
    }

    private static string[] Lines(TakenDecision taken, bool terminal = false)
    {
        using var output = new StringWriter();
        DecisionText.Write(new Terminal(output, TextWriter.Null) { OutIsTerminal = terminal }, taken.ToRecord(), At);
        return output.ToString().ReplaceLineEndings("\n").Split('\n');
    }
}
