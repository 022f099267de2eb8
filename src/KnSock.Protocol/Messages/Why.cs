using System.Text.Json;

namespace KnSock.Protocol.Messages;

/// <summary>Client: why are viewers sent the rungs that they are sent? Answered with <see cref="DecisionNotice"/>s and <see cref="Explained"/>. A new one takes the place of the one before.</summary>
public sealed record Why : ControlMessage
{
    /// <summary>The viewer session, by the name that the server's log has for it. Missing: all.</summary>
    public string? Session { get; init; }

    /// <summary>Whether decisions that are taken later are wanted, too.</summary>
    public bool Follow { get; init; }
}

/// <summary>Server: a decision, and what it was taken from.</summary>
public sealed record DecisionNotice : ControlMessage
{
    /// <summary>How long ago it was taken, seconds.</summary>
    public required double AgeSeconds { get; init; }

    /// <summary>How many decisions before it were left out because the client did not take them in time; missing: none.</summary>
    public long? Missed { get; init; }

    /// <summary>The record, an object.</summary>
    public required JsonElement Record { get; init; }
}

/// <summary>Server: the decisions up to now have been told; with <see cref="Why.Follow"/> further ones follow.</summary>
public sealed record Explained : ControlMessage
{
    /// <summary>How many sessions were asked.</summary>
    public required int Sessions { get; init; }
}
