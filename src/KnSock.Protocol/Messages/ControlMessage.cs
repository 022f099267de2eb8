using System.Text.Json.Serialization;

namespace KnSock.Protocol.Messages;

/// <summary>A message on the control port: one JSON object a line, told apart by <c>type</c>.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(Hello), "hello")]
[JsonDerivedType(typeof(Select), "select")]
[JsonDerivedType(typeof(Stop), "stop")]
[JsonDerivedType(typeof(Feedback), "feedback")]
[JsonDerivedType(typeof(Limits), "limits")]
[JsonDerivedType(typeof(Ping), "ping")]
[JsonDerivedType(typeof(Why), "why")]
[JsonDerivedType(typeof(Catalog), "catalog")]
[JsonDerivedType(typeof(Selected), "selected")]
[JsonDerivedType(typeof(RenditionNotice), "rendition")]
[JsonDerivedType(typeof(SoundNotice), "sound")]
[JsonDerivedType(typeof(ChannelEndedNotice), "channelEnded")]
[JsonDerivedType(typeof(ErrorNotice), "error")]
[JsonDerivedType(typeof(Pong), "pong")]
[JsonDerivedType(typeof(DecisionNotice), "decision")]
[JsonDerivedType(typeof(Explained), "explained")]
public abstract record ControlMessage;

/// <summary>Client: the first message; ties the control connection to the viewer session.</summary>
public sealed record Hello : ControlMessage
{
    /// <summary>The version that the client chose.</summary>
    [JsonPropertyName("knsock")]
    public required int KnSock { get; init; }

    /// <summary>The token of the greeting. Null on a WebSocket, where there is no greeting and nothing else to be tied to.</summary>
    public string? Session { get; init; }

    /// <summary>Name and version of the client program, for the server's log.</summary>
    public string? Client { get; init; }

    /// <summary>Whether the sound is to come on the video connection; there is no audio connection then. Only where <see cref="Greeting.SharedAudio"/> is true.</summary>
    public bool? SharedAudio { get; init; }

    /// <summary>The viewer token, where the server asks for one. A secret: it belongs in no log.</summary>
    public string? Token { get; init; }

    /// <inheritdoc/>
    public override string ToString() => $"{nameof(Hello)} of {Client}";
}

/// <summary>Client: play this channel from now on.</summary>
public sealed record Select : ControlMessage
{
    /// <summary>Number of this selection, higher than those before; frames and notices that answer it carry it.</summary>
    public required uint Selection { get; init; }

    /// <summary>Index of the channel. Either this or <see cref="Name"/>.</summary>
    public int? Channel { get; init; }

    /// <summary>Name of the channel.</summary>
    public string? Name { get; init; }

    /// <summary>Where to begin.</summary>
    public StartPoint From { get; init; } = StartPoint.Live;

    /// <summary>For <see cref="StartPoint.Position"/>: seconds on the viewer's own timeline.</summary>
    public double? PositionSeconds { get; init; }

    /// <summary>How far ahead of playout the client wants to be sent, seconds; the server may hold less.</summary>
    public double? MaxBufferSeconds { get; init; }

    /// <summary>Whether a channel is named in one way, and every number is within reason; a selection that is not is answered with an error.</summary>
    [JsonIgnore]
    public bool IsPlausible =>
        (Channel is null) != (Name is null) && Channel is null or >= 0
        && PositionSeconds is null or (>= 0 and <= 1e9) && MaxBufferSeconds is null or (>= 0 and <= 3600)
        && (From != StartPoint.Position || PositionSeconds is not null);
}

/// <summary>Where a viewer begins.</summary>
[JsonConverter(typeof(WordConverter<StartPoint>))]
public enum StartPoint
{
    /// <summary>At the live edge, where all other live viewers are.</summary>
    [JsonStringEnumMemberName("live")]
    Live,

    /// <summary>At the beginning of the channel, on a timeline of the viewer's own.</summary>
    [JsonStringEnumMemberName("beginning")]
    Beginning,

    /// <summary>At a position on a timeline of the viewer's own, to resume after a lost connection.</summary>
    [JsonStringEnumMemberName("position")]
    Position,
}

/// <summary>Client: send nothing more of this selection.</summary>
public sealed record Stop : ControlMessage
{
    /// <summary>The selection to stop.</summary>
    public required uint Selection { get; init; }
}

/// <summary>Client: answer with a <see cref="Pong"/>.</summary>
public sealed record Ping : ControlMessage
{
    /// <summary>Any number; comes back unchanged.</summary>
    public required long Id { get; init; }
}

/// <summary>Server: the answer to a <see cref="Ping"/>.</summary>
public sealed record Pong : ControlMessage
{
    /// <summary>The number of the ping.</summary>
    public required long Id { get; init; }

    /// <summary>The server's clock, the same as in marks, microseconds.</summary>
    public required long Time { get; init; }

    /// <summary>What the server takes the viewer's link to carry, bit/s; where nothing waits on it, what it carries at least. Null: it does not know.</summary>
    public long? LinkBitsPerSecond { get; init; }
}

/// <summary>Server: the channels on offer; the answer to <see cref="Hello"/>, and sent again when it changes.</summary>
public sealed record Catalog : ControlMessage
{
    /// <summary>The channels in order.</summary>
    public required IReadOnlyList<ChannelInfo> Channels { get; init; }
}

/// <summary>Server: the answer to <see cref="Select"/>.</summary>
public sealed record Selected : ControlMessage
{
    /// <summary>The selection.</summary>
    public required uint Selection { get; init; }

    /// <summary>Index of the channel.</summary>
    public required int Channel { get; init; }

    /// <summary>Position on the viewer's timeline at which the first frame will stand, seconds.</summary>
    public required double StartSeconds { get; init; }

    /// <summary>How far ahead of playout the server will send, seconds.</summary>
    public required double MaxBufferSeconds { get; init; }
}

/// <summary>Server: from here on another rung is sent, and why.</summary>
public sealed record RenditionNotice : ControlMessage
{
    /// <summary>The selection.</summary>
    public required uint Selection { get; init; }

    /// <summary>Index of the rung that was sent before; missing with the first.</summary>
    public int? From { get; init; }

    /// <summary>Index of the rung that is sent now.</summary>
    public required int To { get; init; }

    /// <summary>Name of that rung.</summary>
    public required string Name { get; init; }

    /// <summary>Position on the viewer's timeline from which it holds, seconds.</summary>
    public required double AtSeconds { get; init; }

    /// <summary>Why, in words.</summary>
    public required string Reason { get; init; }
}

/// <summary>Server: the sound has another rate from here on. Before the first one it has the channel's usual rate. Nothing depends on it.</summary>
public sealed record SoundNotice : ControlMessage
{
    /// <summary>The selection.</summary>
    public required uint Selection { get; init; }

    /// <summary>Rate of the sound that is sent now, bit/s.</summary>
    public required int BitsPerSecond { get; init; }

    /// <summary>Position on the viewer's timeline from which that holds, seconds.</summary>
    public required double AtSeconds { get; init; }

    /// <summary>Why, in words.</summary>
    public required string Reason { get; init; }
}

/// <summary>Server: nothing more will come of this channel.</summary>
public sealed record ChannelEndedNotice : ControlMessage
{
    /// <summary>The selection.</summary>
    public required uint Selection { get; init; }

    /// <summary>Why, in words.</summary>
    public required string Reason { get; init; }
}

/// <summary>Server: a message could not be followed. The session lives on unless the connection is closed.</summary>
public sealed record ErrorNotice : ControlMessage
{
    /// <summary>A word for programs, such as <c>unknownChannel</c>.</summary>
    public required string Code { get; init; }

    /// <summary>A sentence for people.</summary>
    public required string Message { get; init; }

    /// <summary>The selection it is about, if any.</summary>
    public uint? Selection { get; init; }
}
