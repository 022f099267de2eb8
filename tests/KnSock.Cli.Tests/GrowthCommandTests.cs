using System.Text.Json;
using System.Xml.Linq;
using KnSock.Cli.Output;
using KnSock.Fanout.Growth;
using KnSock.Fanout.Tests;

namespace KnSock.Cli.Tests;

/// <summary>Drawing again, from figures that were made up.</summary>
public sealed class GrowthCommandTests : IDisposable
{
    private static readonly string[] Pictures = ["growth-channels.svg", "growth-cost.svg", "growth-join.svg", "growth-memory.svg"];
    private readonly string _folder = Directory.CreateTempSubdirectory("knsock-growth-").FullName;

    [Fact]
    public async Task Pictures_are_drawn_again_from_the_file_alike()
    {
        var report = Figures.Run();
        await new GrowthFiles(_folder).WriteFiguresAsync(report, CancellationToken.None);
        var (code, output, error) = await PlotAsync("growth.json", "--out", Path.Combine(_folder, "new", "deeper"));

        Assert.Equal(0, code);
        var drawn = Directory.GetFiles(Path.Combine(_folder, "new", "deeper")).Order(StringComparer.Ordinal).ToList();
        Assert.Equal(string.Join(" ", Pictures), string.Join(" ", drawn.Select(Path.GetFileName)));
        Assert.All(drawn, p => Assert.Contains($"wrote {p}", error, StringComparison.Ordinal));
        var expected = GrowthPlots.Draw(report).ToDictionary(p => p.FileName, p => p.Svg, StringComparer.Ordinal);
        foreach (var path in drawn)
        {
            var text = await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken);
            Assert.Equal(expected[Path.GetFileName(path)], text);
            Assert.Equal("svg", XElement.Parse(text).Name.LocalName);
        }

        var lines = output.TrimEnd().Split('\n');
        Assert.Equal(1 + report.Points.Count, lines.Length);
        Assert.Matches(@"^1000 +5000 +1 +live +0\.1205 +0\.108[45] +1\.11 +13\.0 +33\.0 +7000 +0 +7\.0 +17\.1\s*$", lines[^1]);
    }

    [Fact]
    public async Task As_JSON_it_is_what_the_file_holds()
    {
        await new GrowthFiles(_folder).WriteFiguresAsync(Figures.Run(), CancellationToken.None);
        var (code, output, _) = await PlotAsync("growth.json", "--out", _folder, "--json");
        Assert.Equal(0, code);
        Assert.DoesNotContain('\n', output.TrimEnd());
        using var printed = JsonDocument.Parse(output);
        using var kept = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(_folder, "growth.json"), TestContext.Current.CancellationToken));
        Assert.True(JsonElement.DeepEquals(printed.RootElement, kept.RootElement));
        Assert.Equal("720p", Assert.Single(kept.RootElement.GetProperty("points")[0].GetProperty("figures").GetProperty("renditions").EnumerateObject()).Name);
        Assert.Equal(Pictures.Length + 1, Directory.GetFiles(_folder).Length);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("""{"points":[null],"failures":[]}""")]
    [InlineData("""{"points":[{"idle":0,"figures":null}],"failures":[]}""")]
    [InlineData("""{"points":null,"failures":[]}""")]
    [InlineData("""{"points":[{"idle":0,"figures":{"viewers":1}}],"failures":[]}""")]
    [InlineData("<svg/>")]
    public async Task A_file_with_something_else_is_refused_in_one_line_and_nothing_is_drawn(string text)
    {
        await File.WriteAllTextAsync(Path.Combine(_folder, "growth.json"), text, TestContext.Current.CancellationToken);
        var (code, output, error) = await PlotAsync("growth.json", "--out", _folder);
        Assert.Equal((1, string.Empty), (code, output));
        Assert.Contains("holds no figures of 'knsock bench growth'", error, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.TrimEnd());
        Assert.Single(Directory.GetFiles(_folder));
    }

    [Fact]
    public async Task Without_points_or_without_the_file_there_is_nothing_to_draw()
    {
        await new GrowthFiles(_folder).WriteFiguresAsync(new GrowthReport { Points = [], Failures = [] }, CancellationToken.None);
        Assert.Equal("knsock: there are no figures to draw", (await PlotAsync("growth.json", "--out", _folder)).Error.TrimEnd());
        var (code, _, error) = await PlotAsync("other.json", "--out", _folder);
        Assert.Equal(1, code);
        Assert.Contains("other.json", error, StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private async Task<(int Code, string Output, string Error)> PlotAsync(string name, params string[] more)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        string[] args = ["bench", "growth", "--plot", Path.Combine(_folder, name), .. more];
        var code = await CommandLine.RunAsync(args, new Terminal(output, error), CancellationToken.None);
        return (code, output.ToString(), error.ToString());
    }
}
