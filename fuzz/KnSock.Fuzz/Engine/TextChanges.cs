using System.Text;

namespace KnSock.Fuzz.Engine;

/// <summary>Changes text by its parts: numbers, words between marks, whole lines.</summary>
internal sealed class TextChanges(Random random)
{
    private static readonly string[] Numbers =
    [
        "0", "-0", "1", "-1", "-5", "0.2", "1e999", "-1e999", "1e308", "1e-308", "1e300", "NaN", "Infinity", "1e7", "9999999.99", "2147483647", "2147483648", "-2147483648", "4294967295", "4294967296",
        "9007199254740993", "9223372036854775807", "9223372036854775808", "-9223372036854775808", "18446744073709551615", "123456789012345", "1234567890123456", "00", "01", "1.", ".5", "0x10", "1e", "+1",
        "0.30000000000000004", "3599.9999999999999", "1/0", "0/1", "1000000000", "1e9", "1e11", "79228162514264337593543950335",
    ];

    private static readonly string[] Values =
    [
        "null", "true", "false", "{}", "[]", "[null]", "\"\"", "\"\\ud800\"", "\"\\u0000\"", "\"<script>\"", "\"\\u001b[31m\"", "[[[[[[[[", "{\"a\":{\"a\":{\"a\":0}}}", "\"NaN\"", "\"Infinity\"", "\"-Infinity\"",
        "\u00e9\u202e", "\n", "\r\n", ",", ":", "\"",
    ];

    /// <summary>Makes one change.</summary>
    public void Change(List<byte> text)
    {
        if (text.Count == 0)
        {
            text.AddRange(Pick(Values));
            return;
        }

        switch (random.Next(5))
        {
            case 0 or 1:
                Replace(text, IsOfNumber, Pick(Numbers));
                break;
            case 2:
                Replace(text, IsOfWord, Pick(random.Next(2) == 0 ? Values : Numbers));
                break;
            case 3:
                Repeat(text);
                break;
            default:
                text.InsertRange(random.Next(text.Count + 1), Pick(Values));
                break;
        }
    }

    /// <summary>Replaces the part that begins next to some place.</summary>
    private void Replace(List<byte> text, Func<byte, bool> isOfPart, byte[] with)
    {
        var start = text.FindIndex(random.Next(text.Count), b => isOfPart(b));
        if (start < 0)
        {
            return;
        }

        while (start > 0 && isOfPart(text[start - 1]))
        {
            start--;
        }

        var end = start;
        while (end < text.Count && isOfPart(text[end]))
        {
            end++;
        }

        text.RemoveRange(start, end - start);
        text.InsertRange(start, with);
    }

    /// <summary>Says something twice, such as a property or a line.</summary>
    private void Repeat(List<byte> text)
    {
        var start = text.FindIndex(random.Next(text.Count), b => b is (byte)',' or (byte)'\n' or (byte)'{');
        var end = start < 0 || start + 1 >= text.Count ? -1 : text.FindIndex(start + 1, b => b is (byte)',' or (byte)'\n' or (byte)'}');
        if (end > 0)
        {
            text.InsertRange(end, text.GetRange(start, end - start));
        }
    }

    private byte[] Pick(string[] from) => Encoding.UTF8.GetBytes(from[random.Next(from.Length)]);

    private static bool IsOfNumber(byte b) => b is >= (byte)'0' and <= (byte)'9' or (byte)'-' or (byte)'.' or (byte)'+';

    private static bool IsOfWord(byte b) => b is not ((byte)',' or (byte)':' or (byte)'{' or (byte)'}' or (byte)'[' or (byte)']' or (byte)'\n' or (byte)' ' or (byte)'/');
}
