using KnSock.Server.Adaptation;

namespace KnSock.Simulation.Replay;

/// <summary>Reads decisions from a file, a JSON object a line, as <c>knsock why --json</c> and a server's decision log have them.</summary>
internal static class DecisionFile
{
    /// <summary>The decisions, each with the number of its line.</summary>
    /// <exception cref="SimulationException">The file cannot be read, or a line is no decision; the message names file and line.</exception>
    public static IEnumerable<(int Line, DecisionRecord Record)> Read(string path)
    {
        using var reader = Open(path);
        for (var number = 1; NextLine(reader, path, number) is { } line; number++)
        {
            if (!string.IsNullOrWhiteSpace(line))
            {
                yield return (number, Parse(line, $"{path}:{number}"));
            }
        }
    }

    private static StreamReader Open(string path)
    {
        try
        {
            return new StreamReader(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new SimulationException($"{path}: {e.Message}", e);
        }
    }

    private static string? NextLine(StreamReader reader, string path, int number)
    {
        try
        {
            // Something else altogether may have no end of a line for gigabytes.
            return reader.Peek() is -1 or '{' or '\r' or '\n' or ' ' ? reader.ReadLine() : throw NoDecision($"{path}:{number}", "it does not begin with {");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SimulationException($"{path}: {e.Message}", e);
        }
    }

    private static DecisionRecord Parse(string line, string place)
    {
        return DecisionJson.TryRead(line, out var record, out var fault) ? record : throw NoDecision(place, fault);
    }

    private static SimulationException NoDecision(string place, string fault) =>
        new($"{place}: this is no decision ({fault}); name a file made by 'knsock why --json' or 'knsock serve --decision-log'");
}
