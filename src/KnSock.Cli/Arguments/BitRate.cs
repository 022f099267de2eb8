namespace KnSock.Cli.Arguments;

/// <summary>Rates as people type them: <c>800k</c>, <c>100M</c> and <c>1.5G</c> are powers of 1000, with or without <c>bit/s</c> behind; a number alone is bits a second.</summary>
internal static class BitRate
{
    private static readonly (string Suffix, double Bits)[] Units = [(" k", 1e3), ("k", 1e3), (" M", 1e6), ("M", 1e6), (" G", 1e9), ("G", 1e9), ("", 1)];

    /// <summary>Reads a rate above zero.</summary>
    public static bool TryParse(string text, out long bitsPerSecond) =>
        NumberWithUnit.TryParse(text.EndsWith("bit/s", StringComparison.OrdinalIgnoreCase) ? text[..^5].TrimEnd() : text, Units, out bitsPerSecond);
}
