using System.Globalization;

namespace KnSock.Cli.Arguments;

/// <summary>Sizes as people type them: <c>500M</c> and <c>10G</c> are powers of 1024, <c>10GB</c> of 1000, a number alone is bytes.</summary>
internal static class ByteSize
{
    private static readonly (string Suffix, double Bytes)[] Units =
    [
        .. "KMGT".SelectMany((unit, i) => new (string, double)[]
        {
            ($"{unit}iB", Math.Pow(1024, i + 1)),
            ($"{unit}B", Math.Pow(1000, i + 1)),
            ($"{unit}", Math.Pow(1024, i + 1)),
        }),
        ("", 1),
    ];

    /// <summary>Reads a size above zero.</summary>
    public static bool TryParse(string text, out long bytes) => NumberWithUnit.TryParse(text, Units, out bytes);

    /// <summary>Writes a size for people: <c>1.2 GiB</c>.</summary>
    public static string ToText(long bytes)
    {
        var unit = 0;
        double value = bytes;
        for (; value >= 1024 && unit < 4; unit++)
        {
            value /= 1024;
        }

        return string.Create(CultureInfo.InvariantCulture, $"{value:0.#} {(unit == 0 ? "bytes" : $"{"KMGT"[unit - 1]}iB")}");
    }
}
