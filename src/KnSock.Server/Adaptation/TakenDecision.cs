using KnSock.Media;

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

    /// <summary>Its rungs.</summary>
    public required Ladder Ladder { get; init; }

    /// <summary>The knobs of the selector. Null: it is not the product's own.</summary>
    public required RenditionSelectorOptions? Options { get; init; }

    /// <summary>The rung before.</summary>
    public required int Before { get; init; }

    /// <summary>What was seen.</summary>
    public required SelectorInput Input { get; init; }

    /// <summary>The change. Null: nothing was decided, this is how things stand.</summary>
    public required Decision? Decision { get; init; }

    /// <summary>The record of it. Takes the decision again, so not by a thread that viewers wait for.</summary>
    public DecisionRecord ToRecord()
    {
        string[] names = [.. Ladder.Video.Select(r => r.Name)];
        var again = Options is null ? null : Reconsideration.Of(Input, Before, At, Options, names);
        return new DecisionRecord
        {
            At = At,
            Session = Session,
            Channel = Channel,
            IsPresent = Decision is null,
            Decision = Decision ?? again?.Decision ?? new Decision(Before, Before, "what chooses here does not say why"),
            Candidates = again?.Candidates ?? Reconsideration.Unweighed(Input, names),
            Input = Input,
            Options = Options,
        };
    }
}
