using System.Text;
using KnSock.Cli.Output;
using KnSock.Server.Adaptation;
using KnSock.Server.Tests.Adaptation;

namespace KnSock.Cli.Tests;

/// <summary>Decisions that are taken again from a file.</summary>
public sealed class ReplayCommandTests : IDisposable
{
    private readonly string _path = Path.GetTempFileName();

    public void Dispose() => File.Delete(_path);

    [Fact]
    public async Task Decisions_that_come_out_the_same_are_counted()
    {
        var random = new Random(1);
        File.WriteAllLines(_path, Enumerable.Range(0, 300).Select(i => Line(Decisions.Any(random), i % 5)).Append(""));

        Assert.Equal((0, "300 decisions, all the same\n", ""), await ReplayAsync());
        Assert.Equal((0, "{\"decisions\":300,\"same\":300,\"differences\":[],\"isSame\":true}\n", ""), await ReplayAsync("--json"));
    }

    [Fact]
    public async Task What_comes_out_otherwise_is_told_and_the_exit_code_is_1()
    {
        var line = Line(Seen.Viewer(2, 500_000, lead: 0.3), 2);
        Assert.Contains("\"rung\":0,\"previous\":2", line, StringComparison.Ordinal);
        var changed = new[]
        {
            line,
            line.Replace("\"rung\":0,\"previous\":2", "\"rung\":1,\"previous\":2", StringComparison.Ordinal),
            line.Replace("500 kbit/s", "501 kbit/s", StringComparison.Ordinal),
            line.Replace("\"stallCost\":1.3,", "\"stallCost\":1.3000001,", StringComparison.Ordinal),
        };
        Assert.Equal(4, changed.Distinct(StringComparer.Ordinal).Count());
        File.WriteAllLines(_path, changed.Concat(Enumerable.Repeat(changed[1], 5)));

        var (code, output, error) = await ReplayAsync();

        Assert.Equal((1, ""), (code, error));
        var lines = output.Split('\n');
        Assert.Equal("9 decisions, 1 the same", lines[0]);
        Assert.StartsWith("line 2, v1 at 0.0 s: r2 -> r1 in the record, r2 -> r0 now (", lines[1], StringComparison.Ordinal);
        Assert.Contains("the same rung for another reason", lines[2], StringComparison.Ordinal);
        Assert.Contains("the same choice, but r0 has a value of", lines[3], StringComparison.Ordinal);
        Assert.Equal("and 3 more", lines[6]);
    }

    [Fact]
    public async Task What_is_no_such_file_is_told_in_a_line()
    {
        Assert.Equal((1, "", $"knsock: {_path}: there are no decisions in it\n"), await ReplayAsync());

        var line = Line(Seen.Viewer(2, 500_000, lead: 0.3), 2);
        await FailsAsync([line, "", "seconds,kbps"], 3, "it does not begin with {");
        await FailsAsync([line, line[..200]], 2, "it is not JSON, or not all of it");
        await FailsAsync(["{}"], 1, "it is no object of that form");
        await FailsAsync([line.Replace("\"previous\":2", "\"previous\":7", StringComparison.Ordinal)], 1, "it names a rung that there is not");
        await FailsAsync([line.Replace("\"sent\":2", "\"sent\":\"\\u001b[2J\"", StringComparison.Ordinal)], 1, "input.sent is not what it should be");
        File.WriteAllBytes(_path, new byte[100_000]);
        await FailsAsync(lines: null, 1, "it does not begin with {");

        File.WriteAllText(_path, line[..line.IndexOf(",\"options\":", StringComparison.Ordinal)] + "}");
        Assert.Equal((1, "", $"knsock: {_path}: none of its decisions was taken by the product's selector, so they cannot be taken again\n"), await ReplayAsync());
        File.AppendAllText(_path, $"\n{line}\n");
        Assert.Equal((0, "1 decisions, all the same\n1 more were not taken by the product's selector and cannot be taken again\n", ""), await ReplayAsync());
        var (code, output, error) = await RunAsync("simulate", "--replay", "/nowhere/none.jsonl");
        Assert.Equal((1, ""), (code, output));
        Assert.StartsWith("knsock: /nowhere/none.jsonl: ", error, StringComparison.Ordinal);
        Assert.Equal((2, "", "knsock: --replay goes without --traces; it takes decisions again and plays nothing\n"), await ReplayAsync("--traces", "x"));
    }

    private static string Line(SelectorInput input, int before) =>
        Encoding.UTF8.GetString(DecisionJson.Write(Decisions.Take(new RenditionSelector(new RenditionSelectorOptions(), before), input).ToRecord()));

    private async Task FailsAsync(string[]? lines, int line, string says)
    {
        if (lines is not null)
        {
            File.WriteAllLines(_path, lines);
        }

        Assert.Equal((1, "", $"knsock: {_path}:{line}: this is no decision ({says}); name a file made by 'knsock why --json' or 'knsock serve --decision-log'\n"), await ReplayAsync());
    }

    private Task<(int Code, string Output, string Error)> ReplayAsync(params string[] options) => RunAsync(["simulate", "--replay", _path, .. options]);

    private static async Task<(int Code, string Output, string Error)> RunAsync(params string[] args)
    {
        var (output, error) = (new StringWriter(), new StringWriter());
        var code = await CommandLine.RunAsync(args, new Terminal(output, error), CancellationToken.None);
        return (code, output.ToString().ReplaceLineEndings("\n"), error.ToString().ReplaceLineEndings("\n"));
    }
}
