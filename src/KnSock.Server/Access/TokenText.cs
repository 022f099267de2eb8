using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;

namespace KnSock.Server.Access;

/// <summary>The part of a token that is signed: header and claims (RFC 7519), each in base64url, with a dot between.</summary>
internal static class TokenText
{
    private const string Algorithm = "HS256";

    /// <summary>Beyond this a time is no time that <see cref="DateTimeOffset"/> has.</summary>
    private const long LatestSecond = 253_402_300_799;

    private static readonly string Header = Base64Url.EncodeToString("""{"alg":"HS256","typ":"JWT"}"""u8);

    /// <summary>Writes what a grant says.</summary>
    public static string Write(ViewerGrant grant)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            json.WriteNumber("exp", grant.Expires.ToUnixTimeSeconds());
            json.WriteStartArray("channels");
            foreach (var channel in grant.Channels)
            {
                json.WriteStringValue(channel);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return $"{Header}.{Base64Url.EncodeToString(bytes.GetBuffer().AsSpan(0, (int)bytes.Length))}";
    }

    /// <summary>Reads it. False: it is another kind of token, or does not say what it gives.</summary>
    public static bool TryRead(ReadOnlySpan<char> text, [NotNullWhen(true)] out ViewerGrant? grant)
    {
        grant = null;
        var dot = text.IndexOf('.');
        if (dot < 0)
        {
            return false;
        }

        using var header = TryParse(text[..dot]);
        using var claims = TryParse(text[(dot + 1)..]);
        if (header is null || claims is null || !IsKnown(header.RootElement) || !TrySeconds(claims.RootElement, out var seconds))
        {
            return false;
        }

        grant = ChannelsOf(claims.RootElement) is { } channels ? new ViewerGrant { Channels = channels, Expires = DateTimeOffset.FromUnixTimeSeconds(seconds) } : null;
        return grant is not null;
    }

    /// <summary>Null: there is no list of names.</summary>
    private static IReadOnlyList<string>? ChannelsOf(JsonElement claims)
    {
        try
        {
            return claims.TryGetProperty("channels", out var list) && list.ValueKind == JsonValueKind.Array && list.EnumerateArray().All(c => c.ValueKind == JsonValueKind.String)
                ? [.. list.EnumerateArray().Select(c => c.GetString()!)]
                : null;
        }
        catch (InvalidOperationException)
        {
            // Half a surrogate pair.
            return null;
        }
    }

    /// <summary>What is critical (RFC 7515, 4.1.11) would have to be understood.</summary>
    private static bool IsKnown(JsonElement header) =>
        header.TryGetProperty("alg", out var algorithm) && algorithm.ValueKind == JsonValueKind.String && algorithm.ValueEquals(Algorithm) && !header.TryGetProperty("crit", out _);

    private static bool TrySeconds(JsonElement claims, out long seconds)
    {
        seconds = 0;
        if (!claims.TryGetProperty("exp", out var expires) || expires.ValueKind != JsonValueKind.Number || !expires.TryGetDouble(out var value) || value is not (>= 0 and <= LatestSecond))
        {
            return false;
        }

        seconds = (long)value;
        return true;
    }

    /// <summary>Null: it is no JSON object, or has a property twice.</summary>
    private static JsonDocument? TryParse(ReadOnlySpan<char> text)
    {
        if (!Base64Url.IsValid(text))
        {
            return null;
        }

        try
        {
            var document = JsonDocument.Parse(Base64Url.DecodeFromChars(text), new JsonDocumentOptions { MaxDepth = 8, AllowDuplicateProperties = false });
            if (document.RootElement.ValueKind == JsonValueKind.Object)
            {
                return document;
            }

            document.Dispose();
            return null;
        }
        catch (Exception e) when (e is JsonException or FormatException)
        {
            return null;
        }
    }
}
