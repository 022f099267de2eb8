namespace KnSock.Server.Adaptation;

/// <summary>What may become of a link within the next seconds: shares of what it carried last, each with how likely it is.</summary>
internal static class LinkScenarios
{
    /// <summary>Mean of the next three seconds over that of the last one and a half, in mobile, cable and radio networks together; quantiles of public traces.</summary>
    public static ReadOnlySpan<(double Share, double Weight)> Priors => All;

    private static readonly (double Share, double Weight)[] All =
    [
        (0.10, 0.02), (0.33, 0.03), (0.48, 0.06), (0.62, 0.09), (0.78, 0.10), (0.90, 0.10), (0.97, 0.10),
        (1.00, 0.15), (1.03, 0.10), (1.12, 0.10), (1.30, 0.08), (1.80, 0.05), (2.70, 0.02),
    ];
}
