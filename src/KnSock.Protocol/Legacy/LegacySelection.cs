using System.Globalization;
using System.Text;
using System.Text.Json;

namespace KnSock.Protocol.Legacy;

/// <summary>The one line that a kn-sock client sends on the video port: <c>{"index": 1}</c>.</summary>
public static class LegacySelection
{
    /// <summary>Writes the line, with its end.</summary>
    /// <param name="index">The place of the video in the greeting.</param>
    public static byte[] Write(int index) => Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{{\"index\": {index}}}\n"));

    /// <summary>Reads a line, as generously as kn-sock's own server does.</summary>
    /// <param name="line">The line without its end.</param>
    /// <param name="index">The video that it asks for, not below 0; 0 where it names none, or none that is a number.</param>
    /// <returns>False if it is no line of a kn-sock client: not a JSON object, or one that says which version of KnSock's protocol it speaks or what type of message it is.</returns>
    public static bool TryRead(ReadOnlySpan<byte> line, out int index)
    {
        index = 0;
        try
        {
            var json = new Utf8JsonReader(line);
            if (!json.Read() || json.TokenType != JsonTokenType.StartObject)
            {
                return false;
            }

            var isLegacy = true;
            while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
            {
                isLegacy &= !json.ValueTextEquals("knsock"u8) && !json.ValueTextEquals("type"u8);
                var isIndex = json.ValueTextEquals("index"u8);
                json.Read();
                index = isIndex ? IndexOf(json) : index;
                json.Skip();
            }

            return isLegacy && !json.Read();
        }
        catch (JsonException)
        {
            return false;
        }
        catch (InvalidOperationException)
        {
            // A name or text that is no Unicode.
            return false;
        }
    }

    private static int IndexOf(Utf8JsonReader json)
    {
        var number = json.TokenType switch
        {
            JsonTokenType.Number => json.TryGetDouble(out var value) ? value : 0,
            JsonTokenType.String => int.TryParse(json.GetString(), NumberStyles.AllowLeadingSign | NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out var value) ? value : 0,
            _ => 0,
        };
        return double.IsNaN(number) ? 0 : (int)Math.Clamp(number, 0, int.MaxValue);
    }
}
