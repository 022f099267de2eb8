using System.Globalization;
using System.Text.Json.Serialization;
using KnSock.Server.Adaptation;

namespace KnSock.Simulation.Replay;

/// <summary>Takes decisions again from their records, by the selector that viewers have, and compares.</summary>
internal static class DecisionReplay
{
    /// <summary>Of more differences than this the first are told.</summary>
    private const int MostTold = 5;

    /// <summary>Takes all decisions of a file again.</summary>
    /// <exception cref="SimulationException">The file cannot be read, holds none, or a line is none; the message names file and line.</exception>
    public static ReplayReport Run(string path)
    {
        var (count, same, others, told) = (0, 0, 0, new List<ReplayDifference>());
        foreach (var (line, record) in DecisionFile.Read(path))
        {
            if (record.Options is null)
            {
                others++;
                continue;
            }

            count++;
            if (Compare(record) is not { } difference)
            {
                same++;
            }
            else if (told.Count < MostTold)
            {
                told.Add(new ReplayDifference(line, record.Session, record.At.TotalSeconds, difference));
            }
        }

        return count > 0 ? new ReplayReport(count, same, told) { LeftOut = others }
            : others > 0 ? throw new SimulationException($"{path}: none of its decisions was taken by the product's selector, so they cannot be taken again")
            : throw new SimulationException($"{path}: there are no decisions in it");
    }

    /// <summary>In what the decision comes out otherwise. Null: it is the same, with the same scores.</summary>
    internal static string? Compare(DecisionRecord record)
    {
        var again = record.Retake();
        var (then, now) = (record.Decision, again.Decision);
        if (then.Rung != now.Rung)
        {
            return $"{Words(record, then)} in the record, {Words(record, now)} now ({now.Reason})";
        }

        if (then != now)
        {
            return $"the same rung for another reason: '{then.Reason}' in the record, '{now.Reason}' now";
        }

        var other = record.Candidates.Zip(again.Candidates).FirstOrDefault(pair => pair.First != pair.Second);
        return other is { First: { } was, Second: { } becomes } ? $"the same choice, but {was.Name} {Scores(was)} in the record, {Scores(becomes)} now" : null;
    }

    private static string Words(DecisionRecord record, Decision decision) => decision.Rung == decision.Previous
        ? $"stays at {record.Names[decision.Previous]}"
        : $"{record.Names[decision.Previous]} -> {record.Names[decision.Rung]}";

    private static string Scores(Candidate candidate) => string.Create(
        CultureInfo.InvariantCulture,
        $"has {(candidate.Value is { } value ? $"a value of {value} with {candidate.StallSeconds} s of stall" : candidate.Cost is { } cost ? $"a cost of {cost}, {candidate.LateSeconds} s late" : $"no score ({candidate.NotWeighed})")}");
}

/// <summary>What came of taking decisions again.</summary>
/// <param name="Decisions">How many there were.</param>
/// <param name="Same">How many came out the same.</param>
/// <param name="Differences">The first that did not.</param>
internal sealed record ReplayReport(int Decisions, int Same, IReadOnlyList<ReplayDifference> Differences)
{
    /// <summary>How many were passed over because something else than the product's selector took them, as it does for kn-sock's clients.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int LeftOut { get; init; }

    /// <summary>All came out the same.</summary>
    public bool IsSame => Same == Decisions;
}

/// <summary>A decision that came out otherwise.</summary>
/// <param name="Line">Where it is in the file.</param>
/// <param name="Session">The viewer session.</param>
/// <param name="AtSeconds">The server's clock.</param>
/// <param name="What">What differs, in words.</param>
internal sealed record ReplayDifference(int Line, string Session, double AtSeconds, string What);
