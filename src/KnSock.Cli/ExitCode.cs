namespace KnSock.Cli;

/// <summary>With what the process ends.</summary>
internal static class ExitCode
{
    /// <summary>It did what was asked, also when it was ended by a signal.</summary>
    public const int Success = 0;

    /// <summary>It could not.</summary>
    public const int Failed = 1;

    /// <summary>The command line is not one.</summary>
    public const int Usage = 2;
}
