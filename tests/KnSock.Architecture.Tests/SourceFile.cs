using System.Text.RegularExpressions;

namespace KnSock.Architecture.Tests;

/// <summary>A source file of which only the code is left: comments and the insides of strings are blank.</summary>
internal sealed partial class SourceFile
{
    /// <summary>Takes a file in.</summary>
    /// <param name="path">Path below the repository's root, with slashes.</param>
    /// <param name="text">Its text.</param>
    public SourceFile(string path, string text)
    {
        Path = path;
        // Line ends stay, so that a place in the code is a place in the file.
        Code = NoCode().Replace(text, m => new string([.. m.Value.Select(c => c == '\n' ? c : ' ')]));
        Types = [.. TypeDeclaration().Matches(Code).Select(m => m.Groups["name"].Value)];
        Namespace = NamespaceDeclaration().Match(Code).Groups["name"].Value;
    }

    /// <summary>Path below the repository's root, with slashes.</summary>
    public string Path { get; }

    /// <summary>The code.</summary>
    public string Code { get; }

    /// <summary>The types that it declares.</summary>
    public IReadOnlyList<string> Types { get; }

    /// <summary>The namespace that it declares; empty: none.</summary>
    public string Namespace { get; }

    /// <summary>Whether it lies in this folder or one below.</summary>
    public bool IsIn(string folder) => Path.StartsWith($"{folder}/", StringComparison.Ordinal);

    /// <summary>The line of a place in the code.</summary>
    public int LineOf(int index) => 1 + Code.AsSpan(0, index).Count('\n');

    [GeneratedRegex("""//[^\n]*|/\*.*?\*/|"{3}.*?"{3}|@\$?"(?:""|[^"])*"|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])+'""", RegexOptions.Singleline | RegexOptions.ExplicitCapture, 10_000)]
    private static partial Regex NoCode();

    [GeneratedRegex(@"\b(?:class|struct|interface|enum|record(?!\s+(?:struct|class)\b))\s+(?<name>[A-Z]\w*)", RegexOptions.ExplicitCapture, 10_000)]
    private static partial Regex TypeDeclaration();

    [GeneratedRegex(@"^\s*namespace\s+(?<name>[\w.]+)", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 10_000)]
    private static partial Regex NamespaceDeclaration();
}
