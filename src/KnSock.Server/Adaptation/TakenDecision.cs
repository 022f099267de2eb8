namespace KnSock.Server.Adaptation;

/// <summary>A choice with all that it was taken from, to keep. What was weighed is not kept: it is found again when somebody asks for the <see cref="DecisionRecord"/>.</summary>
internal sealed record TakenDecision
{
    /// <summary>The server's clock.</summary>
    public required TimeSpan At { get; init; }

    /// <summary>The viewer session.</summary>
    public required string Session { get; init; }

    /// <summary>Name of the channel.</summary>
    public required string Channel { get; init; }

    /// <summary>What its rungs are called, lowest first.</summary>
    public required IReadOnlyList<string> Names { get; init; }

    /// <summary>The knobs of the selector. Null: it is not the product's own.</summary>
    public required RenditionSelectorOptions? Options { get; init; }

    /// <summary>The rung before.</summary>
    public required int Before { get; init; }

    /// <summary>What was seen.</summary>
    public required SelectorInput Input { get; init; }

    /// <summary>The change. Null: nothing was decided, this is how things stand.</summary>
    public required Decision? Decision { get; init; }

    /// <summary>Why the rung stays, where what chose says so itself. Null: there was a change, or the selector can be asked again.</summary>
    public string? Stays { get; init; }

    /// <summary>The rungs, where what chose says itself what it found of them. Null: the selector can be asked again.</summary>
    public IReadOnlyList<Candidate>? Candidates { get; init; }

    /// <summary>The record of it. Takes the decision again, so not by a thread that viewers wait for.</summary>
    public DecisionRecord ToRecord()
    {
        var again = Options is null ? null : Reconsideration.Of(Input, Before, At, Options, Names);
        return new DecisionRecord
        {
            At = At,
            Session = Session,
            Channel = Channel,
            IsPresent = Decision is null,
            Decision = Decision ?? again?.Decision ?? new Decision(Before, Before, Stays ?? "what chooses here does not say why"),
            Candidates = again?.Candidates ?? Candidates ?? Reconsideration.Unweighed(Input, Names),
            Input = Input,
            Options = Options,
        };
    }
}
