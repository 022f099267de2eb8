using System.Xml.Linq;

namespace KnSock.Architecture.Tests;

/// <summary>Which project may reference which.</summary>
internal static class ProjectRules
{
    /// <summary>The references that each project of the product may have.</summary>
    public static IReadOnlyDictionary<string, string[]> Allowed { get; } = new Dictionary<string, string[]>(StringComparer.Ordinal)
    {
        ["KnSock.Media"] = [],
        ["KnSock.Protocol"] = ["KnSock.Media"],
        ["KnSock.Web"] = [],
        ["KnSock.Server"] = ["KnSock.Media", "KnSock.Protocol", "KnSock.Web"],
        ["KnSock.Client"] = ["KnSock.Media", "KnSock.Protocol"],
        ["KnSock.Player"] = ["KnSock.Client"],
        ["KnSock"] = ["KnSock.Server", "KnSock.Player"],
        ["KnSock.Plotting"] = [],
        ["KnSock.Fanout"] = ["KnSock.Media", "KnSock.Protocol", "KnSock.Plotting"],
        ["KnSock.Simulation"] = ["KnSock.Server", "KnSock.Client", "KnSock.Plotting"],
        ["KnSock.Shaped"] = ["KnSock.Simulation", "KnSock.Fanout"],
        ["KnSock.Cli"] = ["KnSock", "KnSock.Fanout", "KnSock.Shaped", "KnSock.Simulation"],
    };

    /// <summary>What a project does that it may not.</summary>
    /// <param name="name">Name of the project.</param>
    /// <param name="project">Its csproj.</param>
    public static IEnumerable<string> Violations(string name, string project)
    {
        if (!Allowed.TryGetValue(name, out var allowed))
        {
            yield return $"{name} is a project of the product, but no rule says what it may reference";
            yield break;
        }

        var elements = XDocument.Parse(project).Descendants().ToList();
        foreach (var element in elements.Where(e => e.Name.LocalName == "ProjectReference"))
        {
            var target = Path.GetFileNameWithoutExtension(element.Attribute("Include")!.Value.Replace('\\', '/'));
            if (!allowed.Contains(target, StringComparer.Ordinal))
            {
                yield return $"{name} references {target}, which it may not";
            }
        }

        // A global using would hide from the rules on sources what a file depends on.
        foreach (var element in elements.Where(e => e.Name.LocalName == "Using"))
        {
            yield return $"{name} has a global using of {element.Attribute("Include")?.Value}";
        }

        if (name is not ("KnSock.Player" or "KnSock.Server" or "KnSock.Fanout") && elements.Any(e => e.Name.LocalName == "AllowUnsafeBlocks"))
        {
            yield return $"{name} allows unsafe code";
        }
    }
}
