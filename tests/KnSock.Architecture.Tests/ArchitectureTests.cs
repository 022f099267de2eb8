using KnSock.Testing.Processes;

namespace KnSock.Architecture.Tests;

/// <summary>The product keeps to its layout.</summary>
public class ArchitectureTests
{
    private static readonly string Sources = Path.Combine(Repository.Root, "src");

    // The command has verbs of these, so they go with the product.
    private static readonly string[] Benches = [.. new[] { "fanout", "plotting", "shaped", "KnSock.Simulation" }.Select(b => Path.Combine(Repository.Root, "bench", b))];

    [Fact]
    public void No_project_references_what_it_may_not()
    {
        string[] projects = [.. Directory.GetFiles(Sources, "*.csproj", SearchOption.AllDirectories), .. Benches.SelectMany(b => Directory.GetFiles(b, "*.csproj"))];
        Assert.Equal(ProjectRules.Allowed.Keys.ToHashSet(StringComparer.Ordinal), projects.Select(p => Path.GetFileNameWithoutExtension(p)).ToHashSet(StringComparer.Ordinal));
        Assert.Empty(projects.SelectMany(p => ProjectRules.Violations(Path.GetFileNameWithoutExtension(p), File.ReadAllText(p))));
    }

    [Fact]
    public void No_folder_depends_on_what_it_may_not()
    {
        var files = Directory.GetFiles(Sources, "*.cs", SearchOption.AllDirectories)
            .Select(p => Path.GetRelativePath(Repository.Root, p).Replace('\\', '/'))
            .Where(p => !p.Contains("/obj/", StringComparison.Ordinal) && !p.Contains("/bin/", StringComparison.Ordinal))
            .Select(p => new SourceFile(p, File.ReadAllText(Path.Combine(Repository.Root, p))))
            .ToList();
        Assert.True(files.Count > 20, $"only {files.Count} files were found");
        Assert.Empty(SourceRules.Violations(files));
    }
}
