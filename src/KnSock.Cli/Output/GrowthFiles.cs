using System.Text.Json;
using System.Text.Json.Serialization;
using KnSock.Fanout.Growth;

namespace KnSock.Cli.Output;

/// <summary>What <c>knsock bench growth</c> leaves behind: <c>growth.json</c> and the pictures.</summary>
/// <param name="directory">Their folder; made if it is not there.</param>
internal sealed class GrowthFiles(string directory)
{
    /// <summary>The name of the file with all figures.</summary>
    public const string FiguresName = "growth.json";

    /// <summary>Reads all figures.</summary>
    /// <exception cref="CommandFailure">The file holds something else.</exception>
    public static async Task<GrowthReport> ReadAsync(string path, CancellationToken cancellationToken)
    {
        var json = await File.ReadAllTextAsync(path, cancellationToken);
        try
        {
            var report = JsonSerializer.Deserialize(json, GrowthJsonContext.Default.GrowthReport);
            // Whether something may be null is not looked at within lists.
            if (report is not null && !report.Points.Contains(null!) && !report.Failures.Contains(null!))
            {
                return report;
            }
        }
        catch (JsonException e)
        {
            throw new CommandFailure($"{path} holds no figures of 'knsock bench growth': {e.Message}");
        }

        throw new CommandFailure($"{path} holds no figures of 'knsock bench growth'");
    }

    /// <summary>Writes all figures.</summary>
    public Task WriteFiguresAsync(GrowthReport report, CancellationToken cancellationToken) =>
        WriteAsync(FiguresName, JsonSerializer.Serialize(report, GrowthJsonContext.Default.GrowthReport) + "\n", cancellationToken);

    /// <summary>Draws the pictures.</summary>
    /// <returns>Their paths.</returns>
    public async Task<IReadOnlyList<string>> DrawAsync(GrowthReport report, CancellationToken cancellationToken)
    {
        List<string> paths = [];
        foreach (var (name, svg) in GrowthPlots.Draw(report))
        {
            paths.Add(await WriteAsync(name, svg, cancellationToken));
        }

        return paths;
    }

    // Measuring takes long: whatever ends it, what was there before or what is there now can be read.
    private async Task<string> WriteAsync(string name, string text, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(directory);
        var (path, unfinished) = (Path.Combine(directory, name), Path.Combine(directory, $".{name}.{Environment.ProcessId}"));
        try
        {
            await File.WriteAllTextAsync(unfinished, text, cancellationToken);
            File.Move(unfinished, path, overwrite: true);
        }
        finally
        {
            File.Delete(unfinished);
        }

        return path;
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectNullableAnnotations = true, WriteIndented = true, NewLine = "\n")]
[JsonSerializable(typeof(GrowthReport))]
internal sealed partial class GrowthJsonContext : JsonSerializerContext;
