using System.Text.Json;
using KnSock.Cli.Output;

namespace KnSock.Cli.Tests;

public sealed class SimulateCommandTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("knsock-simulate-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task It_prints_figures_for_each_setting_and_kind_of_network()
    {
        WriteTrace("wifi_1.csv", 8000);
        WriteTrace("4g_1.csv", 2000);
        var (code, output, error) = await RunAsync("simulate", "--traces", _folder, "--regime", "live", "--delay", "300", "--rtt", "20", "--policy", "knsock", "--json");
        Assert.Equal((0, ""), (code, error));
        var results = JsonDocument.Parse(output).RootElement.GetProperty("results").EnumerateArray().ToList();
        Assert.Equal(
            [("knsock", "live", 300, "all", 2), ("knsock", "live", 300, "4g", 1), ("knsock", "live", 300, "wifi", 1)],
            results.Select(r => (Text(r, "policy"), Text(r, "regime"), r.GetProperty("delayMs").GetInt32(), Text(r, "network"), r.GetProperty("traces").GetInt32())));
        Assert.All(results, r => Assert.True(r.GetProperty("kbps").GetDouble() > 100));
    }

    [Fact]
    public async Task It_prints_tables_and_writes_a_page()
    {
        WriteTrace("wifi_1.csv", 8000);
        var page = Path.Combine(_folder, "page.html");
        var (code, output, error) = await RunAsync("simulate", "--traces", _folder, "--policy", "all", "--report", page);
        Assert.Equal((0, ""), (code, error));
        Assert.Equal(4, output.Split('\n').Count(line => line.StartsWith("== ", StringComparison.Ordinal)));
        Assert.Contains("wifi_1", File.ReadAllText(page), StringComparison.Ordinal);
        (code, _, error) = await RunAsync("simulate", "--traces", _folder, "--report", Path.Combine(_folder, "none", "page.html"));
        Assert.Equal(1, code);
        Assert.StartsWith("knsock: ", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Knobs_can_be_set()
    {
        WriteTrace("4g_1.csv", 2000);
        string[] command = ["simulate", "--traces", _folder, "--regime", "live", "--delay", "300", "--policy", "knsock", "--json"];
        var (_, asItIs, _) = await RunAsync(command);
        var (code, same, error) = await RunAsync([.. command, "--set", "livemargin=0.1", "--set", "LiveDepth=5"]);
        Assert.Equal((0, ""), (code, error));
        Assert.Equal(asItIs, same);

        // Nothing is worth so much that it would be a reason to go up from the first rung.
        (_, var other, _) = await RunAsync([.. command, "--set", "LiveLeastGainUp=100"]);

        double Kbps(string output) => JsonDocument.Parse(output).RootElement.GetProperty("results")[0].GetProperty("kbps").GetDouble();
        Assert.True(Kbps(other) < Kbps(asItIs), $"{Kbps(other)} and {Kbps(asItIs)} kbit/s");
    }

    [Theory]
    [InlineData("Patience=1", "there is no knob 'Patience'; there are StallCost, ")]
    [InlineData("LiveMargin", "'LiveMargin' sets nothing; write LiveMargin=NUMBER")]
    [InlineData("LiveDepth=many", "'LiveDepth=many' sets nothing; write LiveDepth=NUMBER")]
    [InlineData("ChangeCost=1e99", "'ChangeCost=1e99' sets nothing; write ChangeCost=NUMBER")]
    public async Task Knobs_that_there_are_not_are_told(string setting, string says)
    {
        var (code, output, error) = await RunAsync("simulate", "--traces", _folder, "--set", setting);
        Assert.Equal((2, ""), (code, output));
        Assert.StartsWith($"knsock: --set: {says}", error, StringComparison.Ordinal);
        Assert.Single(error.TrimEnd().Split('\n'));
    }

    [Fact]
    public async Task It_says_in_a_line_what_is_wrong()
    {
        Assert.Equal((2, "", "knsock: --traces is missing; name a folder with traces: --traces DIR\n"), await RunAsync("simulate"));
        var (code, _, error) = await RunAsync("simulate", "--traces", _folder);
        Assert.Equal((1, $"knsock: {_folder}: there are no traces (*.csv) in it\n"), (code, error));
        WriteTrace("wifi_1.csv", -5);
        (code, _, error) = await RunAsync("simulate", "--traces", _folder);
        Assert.Equal((1, $"knsock: {_folder}/wifi_1.csv:2: '-5' is not a number from 0 to 1000000000\n"), (code, error));
        (code, _, error) = await RunAsync("simulate", "--traces", _folder, "--delay", "300");
        Assert.Equal((2, "knsock: --delay goes with one regime; add --regime live or --regime readahead\n"), (code, error));
        (code, _, error) = await RunAsync("simulate", "--measure", "none.mp4");
        Assert.Equal((2, "knsock: --measure needs a file to write to: --out FILE\n"), (code, error));
    }

    private void WriteTrace(string name, int kbps) =>
        File.WriteAllText(Path.Combine(_folder, name), $"seconds,kbps\n{string.Concat(Enumerable.Range(0, 10).Select(t => $"{t},{kbps}\n"))}");

    private static string? Text(JsonElement element, string name) => element.GetProperty(name).GetString();

    private static async Task<(int Code, string Output, string Error)> RunAsync(params string[] args)
    {
        var (output, error) = (new StringWriter(), new StringWriter());
        var code = await CommandLine.RunAsync(args, new Terminal(output, error), CancellationToken.None);
        return (code, output.ToString().ReplaceLineEndings("\n"), error.ToString().ReplaceLineEndings("\n"));
    }
}
