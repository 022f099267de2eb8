using System.Globalization;
using System.Text;
using System.Text.Json;

namespace KnSock.Protocol.Legacy;

/// <summary>What a kn-sock client says each second on the control port: <c>{"buffer_level": 0.2}</c>.</summary>
public static class LegacyFeedback
{
    /// <summary>No buffer is longer, seconds.</summary>
    private const double MostSeconds = 3600;

    /// <summary>Writes a report, with the line's end.</summary>
    /// <param name="seconds">How much picture lies ready; written to the millisecond.</param>
    public static byte[] Write(double seconds) => Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{{\"buffer_level\": {seconds:0.000}}}\n"));

    /// <summary>Whether a line is one of a kn-sock client, whatever it says.</summary>
    /// <param name="line">The line without its end.</param>
    public static bool IsOne(ReadOnlySpan<byte> line) => Read(line).IsFeedback;

    /// <summary>Reads a report.</summary>
    /// <param name="line">The line without its end.</param>
    /// <param name="seconds">How much the client has in its buffer: its pictures that wait, as many as they are, at thirty a second.</param>
    /// <returns>False if it says nothing that can be true: no number, one that is negative or beyond an hour, or two of them.</returns>
    public static bool TryRead(ReadOnlySpan<byte> line, out double seconds)
    {
        var report = Read(line);
        seconds = report.Seconds ?? 0;
        return report is { IsFeedback: true, Seconds: not null };
    }

    private static (bool IsFeedback, double? Seconds) Read(ReadOnlySpan<byte> line)
    {
        try
        {
            var json = new Utf8JsonReader(line);
            if (!json.Read() || json.TokenType != JsonTokenType.StartObject)
            {
                return default;
            }

            var (levels, isOther, seconds) = (0, false, (double?)null);
            while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
            {
                isOther |= json.ValueTextEquals("type"u8);
                var isLevel = json.ValueTextEquals("buffer_level"u8);
                json.Read();
                if (isLevel)
                {
                    levels++;
                    // Of a number beyond all doubles it makes an infinite one.
                    seconds = json.TokenType == JsonTokenType.Number && json.TryGetDouble(out var level) && level is >= 0 and <= MostSeconds ? level : null;
                }

                json.Skip();
            }

            return levels > 0 && !isOther && !json.Read() ? (true, levels == 1 ? seconds : null) : default;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return default;
        }
    }
}
