namespace KnSock.Protocol.Legacy;

/// <summary>What times there can be on kn-sock's wire.</summary>
internal static class LegacyTime
{
    /// <summary>Later than the year 5000, as seconds since 1970.</summary>
    private const double Latest = 1e11;

    /// <summary>Whether it is a time: finite, not negative, and not beyond all reason.</summary>
    public static bool IsPossible(double seconds) => seconds is >= 0 and <= Latest;
}
