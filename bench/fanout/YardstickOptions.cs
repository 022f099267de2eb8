namespace KnSock.Fanout;

/// <summary>What a <see cref="Yardstick"/> sends to whom.</summary>
public sealed record YardstickOptions
{
    /// <summary>The file with the <see cref="Recording"/>.</summary>
    public required string RecordingPath { get; init; }

    /// <summary>Viewers; it begins to send when all are there.</summary>
    public required int Viewers { get; init; }

    /// <summary>How often it sends what has become due.</summary>
    public required TimeSpan Batch { get; init; }
}
