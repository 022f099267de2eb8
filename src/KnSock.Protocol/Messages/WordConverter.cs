using System.Text.Json.Serialization;

namespace KnSock.Protocol.Messages;

/// <summary>Reads and writes an enumeration as its words; numbers, which could name no member, are refused.</summary>
public sealed class WordConverter<T>() : JsonStringEnumConverter<T>(namingPolicy: null, allowIntegerValues: false)
    where T : struct, Enum;
