namespace KnSock.Testing.Processes;

/// <summary>Where the sources and the builds are that a test run belongs to.</summary>
public static class Repository
{
    /// <summary>The folder with the solution.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>Debug or Release, whichever the tests were built as.</summary>
    public static string Configuration { get; } =
        AppContext.BaseDirectory.Split(Path.DirectorySeparatorChar).Contains("Release", StringComparer.Ordinal) ? "Release" : "Debug";

    /// <summary>The <c>knsock</c> program of the same build.</summary>
    public static string KnSockPath { get; } = Path.Combine(Root, "src", "KnSock.Cli", "bin", Configuration, "net10.0", "KnSock.Cli");

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "KnSock.slnx")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new InvalidOperationException($"no solution above {AppContext.BaseDirectory}");
    }
}
