using System.Text.Json.Serialization;

namespace KnSock.Server.Adaptation;

/// <summary>A decision explained: what was seen, what was weighed, what was chosen and why; enough to take it again (<see cref="Retake"/>).</summary>
internal sealed record DecisionRecord
{
    /// <summary>The server's clock.</summary>
    [JsonPropertyName("atSeconds")]
    public required TimeSpan At { get; init; }

    /// <summary>The viewer session.</summary>
    public required string Session { get; init; }

    /// <summary>Name of the channel.</summary>
    public required string Channel { get; init; }

    /// <summary>Nothing was decided at that time: it is how things stand, and what would be decided if it were now.</summary>
    [JsonPropertyName("present")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool IsPresent { get; init; }

    /// <summary>The choice. A rung that is the one before: it stays.</summary>
    public required Decision Decision { get; init; }

    /// <summary>All rungs, lowest first.</summary>
    public required IReadOnlyList<Candidate> Candidates { get; init; }

    /// <summary>What it was taken from.</summary>
    public required SelectorInput Input { get; init; }

    /// <summary>The selector's knobs. Null: it was not taken by the product's selector.</summary>
    public RenditionSelectorOptions? Options { get; init; }

    /// <summary>The rungs' names.</summary>
    [JsonIgnore]
    public IReadOnlyList<string> Names => [.. Candidates.Select(c => c.Name)];

    /// <summary>Takes it again.</summary>
    /// <exception cref="InvalidOperationException">It was not taken by the product's selector.</exception>
    public Reconsideration Retake() =>
        Reconsideration.Of(Input, Decision.Previous, At, Options ?? throw new InvalidOperationException("the selector's options are missing"), Names);

    /// <summary>Why it cannot be gone by, in words: a record from a file or the network may be anything. Null: it can.</summary>
    public string? FindFault()
    {
        var rungs = Input.Rates?.Count ?? 0;
        return Session is null || Channel is null || Decision?.Reason is null || Candidates is null ? "a part of it is missing"
            : rungs == 0 || Candidates.Count != rungs || Input.Utilities?.Count != rungs ? "its rungs do not agree"
            : !IsRung(Decision.Rung) || !IsRung(Decision.Previous) || !IsRung(Input.Sent) || !IsRung(Input.Wanted ?? 0) ? "it names a rung that there is not"
            : Candidates.Where((c, rung) => c?.Name is null || c.Rung != rung).Any() ? "its candidates are not the rungs"
            : Input.Withdrawn is { } withdrawn && withdrawn.Count != rungs ? "its rungs do not agree"
            : Input.Next is null || !Input.Next.All(IsWhole) || (Input.Begun is { } begun && !IsWhole(begun)) ? "its GOPs do not agree with its rungs"
            : null;

        bool IsRung(int rung) => rung >= 0 && rung < rungs;
        bool IsWhole(GopOutlook? gop) => gop?.Bytes?.Length == rungs && gop.KeyframeBytes?.Length == rungs;
    }
}
