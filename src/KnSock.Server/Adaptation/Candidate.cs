namespace KnSock.Server.Adaptation;

/// <summary>A rung among those that a decision was taken between, with what it was found to be worth.</summary>
internal sealed record Candidate
{
    /// <summary>The rung.</summary>
    public required int Rung { get; init; }

    /// <summary>What it is called.</summary>
    public required string Name { get; init; }

    /// <summary>Its rate on the wire, with sound and framing, bit/s.</summary>
    public required double BitsPerSecond { get; init; }

    /// <summary>What it is worth; that which is worth most is taken. Null: that was not weighed.</summary>
    public double? Value { get; init; }

    /// <summary>The stall that is to be expected with it within the next GOP, seconds.</summary>
    public double? StallSeconds { get; init; }

    /// <summary>What it costs to send the GOP that was begun in it; that which costs least is taken. Null: that was not weighed.</summary>
    public double? Cost { get; init; }

    /// <summary>How late that GOP would come to its end, seconds.</summary>
    public double? LateSeconds { get; init; }

    /// <summary>Why it was not weighed, in words. Null: it was, or it may be had without.</summary>
    public string? NotWeighed { get; init; }
}
