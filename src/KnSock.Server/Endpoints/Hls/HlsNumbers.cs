using System.Globalization;

namespace KnSock.Server.Endpoints.Hls;

/// <summary>Numbers in addresses: each has one spelling, so that a cache has one entry for it.</summary>
internal static class HlsNumbers
{
    private const int MostDigits = 15;

    /// <summary>Reads digits and nothing else.</summary>
    public static bool TryRead(string? text, out long number)
    {
        number = 0;
        return text is { Length: > 0 and <= MostDigits } && (text[0] != '0' || text.Length == 1)
            && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
    }
}
