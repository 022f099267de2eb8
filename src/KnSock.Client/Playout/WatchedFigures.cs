namespace KnSock.Client.Playout;

/// <summary>What a user saw, from the first picture on; time in a pause and between a seek and its first picture does not count.</summary>
public sealed record WatchedFigures
{
    /// <summary>For how long, seconds.</summary>
    public required double Seconds { get; init; }

    /// <summary>How often a picture was seen for longer than 80 ms and longer than two pictures: the picture stood still, whatever the cause.</summary>
    public required int Standstills { get; init; }

    /// <summary>For how long it stood still, milliseconds.</summary>
    public required double StandstillMs { get; init; }

    /// <summary>Pictures shown by the name of their rendition.</summary>
    public required IReadOnlyDictionary<string, long> Pictures { get; init; }
}
