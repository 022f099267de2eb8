using System.Text.Json;
using System.Text.Json.Serialization;

namespace KnSock.Protocol.Messages;

/// <summary>Refuses numbers such as 1e999, which would otherwise be read as infinity.</summary>
internal sealed class FiniteNumberConverter : JsonConverter<double>
{
    public override double Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        // A number out of a string would need the reader's leave; the token is checked here because GetDouble throws another exception.
        var value = reader.TokenType == JsonTokenType.Number ? reader.GetDouble() : double.NaN;
        return double.IsFinite(value) ? value : throw new JsonException("not a finite number");
    }

    public override void Write(Utf8JsonWriter writer, double value, JsonSerializerOptions options) => writer.WriteNumberValue(value);
}
