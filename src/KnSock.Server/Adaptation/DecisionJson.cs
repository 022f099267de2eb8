using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace KnSock.Server.Adaptation;

/// <summary>Decisions as JSON, exact to the last bit: times are seconds with all their digits, and numbers that JSON does not have stand as words.</summary>
internal static class DecisionJson
{
    /// <summary>Generated code would read a knob that an older record does not have as zero; this leaves it at its default.</summary>
    private static readonly JsonSerializerOptions Reading = new(DecisionContext.Default.Options) { TypeInfoResolver = new DefaultJsonTypeInfoResolver() };

    /// <summary>A record as one line without its end.</summary>
    public static byte[] Write(DecisionRecord record) => JsonSerializer.SerializeToUtf8Bytes(record, DecisionContext.Default.DecisionRecord);

    /// <summary>A record as a part of a message.</summary>
    public static JsonElement ToElement(DecisionRecord record) => JsonSerializer.SerializeToElement(record, DecisionContext.Default.DecisionRecord);

    /// <summary>Reads a record that may come from anywhere.</summary>
    /// <param name="json">The record.</param>
    /// <param name="record">The record, fit to be taken again if it has options.</param>
    /// <param name="fault">Why it is none, in words.</param>
    public static bool TryRead(string json, [NotNullWhen(true)] out DecisionRecord? record, [NotNullWhen(false)] out string? fault)
    {
        try
        {
            record = JsonSerializer.Deserialize<DecisionRecord>(json, Reading);
            fault = record is null ? "it is null" : record.FindFault();
        }
        catch (Exception e) when (e is JsonException or NotSupportedException or InvalidOperationException)
        {
            (record, fault) = (null, Describe(e, json));
        }

        record = fault is null ? record : null;
        return record is not null;
    }

    private static string Describe(Exception e, string json)
    {
        try
        {
            JsonDocument.Parse(json).Dispose();
        }
        catch (JsonException)
        {
            return "it is not JSON, or not all of it";
        }

        return e is JsonException { Path: { Length: > 2 } path } ? $"{path[2..]} is not what it should be" : "it is no object of that form";
    }
}

/// <summary>Times as numbers of seconds that are exact.</summary>
internal sealed class SecondsConverter : JsonConverter<TimeSpan>
{
    /// <summary>Over 3,000 years, so that sums of times cannot overflow.</summary>
    private const decimal Most = 1e11m;

    /// <inheritdoc/>
    public override TimeSpan Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.Number && reader.TryGetDecimal(out var seconds) && seconds is >= -Most and <= Most)
        {
            return TimeSpan.FromTicks((long)(seconds * TimeSpan.TicksPerSecond));
        }

        throw new JsonException("not a number of seconds");
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, TimeSpan value, JsonSerializerOptions options) =>
        writer.WriteNumberValue((decimal)value.Ticks / TimeSpan.TicksPerSecond);
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    AllowDuplicateProperties = false,
    Converters = [typeof(SecondsConverter)])]
[JsonSerializable(typeof(DecisionRecord))]
internal sealed partial class DecisionContext : JsonSerializerContext;
