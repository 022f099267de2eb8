namespace KnSock.Server.Adaptation;

/// <summary>What may become of a link within the next seconds: shares of what it carried last, each with how likely it is.</summary>
internal static class LinkScenarios
{
    /// <summary>Mean of the next three seconds over that of the last one and a half, in mobile, cable and radio networks together; quantiles of public traces.</summary>
    public static ReadOnlySpan<(double Share, double Weight)> Priors => All;

    /// <summary>A link that will carry less than this share falls.</summary>
    public const double FallBelow = 0.7;

    /// <summary>How likely that is.</summary>
    public const double FallShare = 0.2;

    /// <summary>
    /// What may become of a link that carries nothing: when it comes back, in multiples of the mean time it takes, and what it carries then, as a share of what is usual. That is never known to be more
    /// than what there was to send, so most carry more.
    /// </summary>
    public static ReadOnlySpan<(double Return, double Share, double Weight)> OfDead => Dead;

    private static readonly (double Share, double Weight)[] All =
    [
        (0.10, 0.02), (0.33, 0.03), (0.48, 0.06), (0.62, 0.09), (0.78, 0.10), (0.90, 0.10), (0.97, 0.10),
        (1.00, 0.15), (1.03, 0.10), (1.12, 0.10), (1.30, 0.08), (1.80, 0.05), (2.70, 0.02),
    ];

    private static readonly (double Return, double Share, double Weight)[] Dead =
    [
        .. from chance in (double[])[0.1, 0.3, 0.5, 0.7, 0.9]
           from then in ((double Share, double Weight)[])[(0.5, 0.2), (1.2, 0.4), (2.5, 0.4)]
           select (-Math.Log(1 - chance), then.Share, then.Weight / 5),
    ];
}
