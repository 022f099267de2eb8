using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace KnSock.Protocol.Messages;

/// <summary>Messages to and from JSON lines. Unknown properties are passed over, so that later versions can add some.</summary>
public static class MessageJson
{
    /// <summary>Writes a control message as UTF-8 with a newline.</summary>
    public static byte[] WriteLine(ControlMessage message) => WithNewline(JsonSerializer.SerializeToUtf8Bytes(message, MessageContext.Default.ControlMessage));

    /// <summary>Writes a control message so that the server hears it at once: filled up with spaces to <see cref="ProtocolLimits.HeardAtOnce"/>.</summary>
    public static byte[] WriteUrgentLine(ControlMessage message)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(message, MessageContext.Default.ControlMessage);
        var line = new byte[Math.Max(json.Length + 1, ProtocolLimits.HeardAtOnce)];
        line.AsSpan().Fill((byte)' ');
        json.CopyTo(line, 0);
        line[^1] = (byte)'\n';
        return line;
    }

    /// <summary>Writes the greeting as UTF-8 with a newline.</summary>
    public static byte[] WriteLine(Greeting greeting) => WithNewline(JsonSerializer.SerializeToUtf8Bytes(greeting, MessageContext.Default.Greeting));

    /// <summary>Writes a client's first line as UTF-8 with a newline.</summary>
    public static byte[] WriteLine(Attach attach) => WithNewline(JsonSerializer.SerializeToUtf8Bytes(attach, MessageContext.Default.Attach));

    /// <summary>What the catalog says of a channel, as JSON that more can be added to.</summary>
    public static JsonObject ToNode(ChannelInfo channel) => JsonSerializer.SerializeToNode(channel, MessageContext.Default.ChannelInfo)!.AsObject();

    /// <summary>Reads a control message. Null for a type that this version does not know.</summary>
    /// <exception cref="ProtocolException">The line is not a JSON object of the form that its type asks for.</exception>
    public static ControlMessage? ReadControl(ReadOnlySpan<byte> line)
    {
        try
        {
            var message = IsKnownType(line) ? JsonSerializer.Deserialize(line, MessageContext.Default.ControlMessage) : null;
            return message switch
            {
                Catalog catalog when catalog.Channels.Any(c => c is null || c.Renditions.Any(r => r is null)) => throw new JsonException("a list has a null in it"),
                Catalog catalog when !catalog.Channels.All(c => c.IsPlausible) => throw new JsonException("a channel has a number that cannot be"),
                DecisionNotice { Record.ValueKind: not JsonValueKind.Object } => throw new JsonException("a record is no object"),
                DecisionNotice notice => WithWholeText(notice),
                _ => message,
            };
        }
        catch (Exception e) when (e is JsonException or NotSupportedException or InvalidOperationException)
        {
            throw Malformed("a control message", e);
        }
    }

    /// <summary>Reads the greeting.</summary>
    /// <exception cref="ProtocolException">The line is not a greeting.</exception>
    public static Greeting ReadGreeting(ReadOnlySpan<byte> line)
    {
        var greeting = Read(line, MessageContext.Default.Greeting, "a greeting");
        return greeting.Videos.Any(name => name is null) ? throw Malformed("a greeting", inner: null) : greeting;
    }

    /// <summary>Reads a client's first line.</summary>
    /// <exception cref="ProtocolException">The line is not one.</exception>
    public static Attach ReadAttach(ReadOnlySpan<byte> line) => Read(line, MessageContext.Default.Attach, "a client's first line");

    private static T Read<T>(ReadOnlySpan<byte> line, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type, string what)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(line, type) ?? throw Malformed(what, inner: null);
        }
        catch (Exception e) when (e is JsonException or NotSupportedException or InvalidOperationException)
        {
            throw Malformed(what, e);
        }
    }

    private static bool IsKnownType(ReadOnlySpan<byte> line)
    {
        var reader = new Utf8JsonReader(line);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            throw new JsonException("not an object");
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isType = reader.ValueTextEquals("type"u8);
            reader.Read();
            if (isType)
            {
                return reader.TokenType == JsonTokenType.String && KnownTypes.Contains(reader.GetString()!);
            }

            reader.Skip();
        }

        throw new JsonException("without a type");
    }

    private static readonly HashSet<string> KnownTypes = typeof(ControlMessage)
        .GetCustomAttributes(typeof(JsonDerivedTypeAttribute), inherit: false)
        .Select(a => (string)((JsonDerivedTypeAttribute)a).TypeDiscriminator!)
        .ToHashSet(StringComparer.Ordinal);

    /// <summary>A record is handed on as it came, so nobody has looked whether all its text is text: half a surrogate pair in it could not be written again.</summary>
    private static DecisionNotice WithWholeText(DecisionNotice notice)
    {
        using var nowhere = new Utf8JsonWriter(Stream.Null);
        notice.Record.WriteTo(nowhere);
        return notice;
    }

    private static byte[] WithNewline(byte[] json) => [.. json, (byte)'\n'];

    private static ProtocolException Malformed(string what, Exception? inner) =>
        new(ProtocolErrorCode.Malformed, $"the line is not {what}", inner ?? new JsonException("null"));
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    AllowOutOfOrderMetadataProperties = true,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    AllowDuplicateProperties = false,
    Converters = [typeof(FiniteNumberConverter)])]
[JsonSerializable(typeof(ControlMessage))]
[JsonSerializable(typeof(Greeting))]
[JsonSerializable(typeof(Attach))]
internal sealed partial class MessageContext : JsonSerializerContext;
