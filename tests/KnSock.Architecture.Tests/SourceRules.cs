using System.Text.RegularExpressions;

namespace KnSock.Architecture.Tests;

/// <summary>Which part of the product may depend on which, read from the code.</summary>
internal static class SourceRules
{
    private const string Server = "src/KnSock.Server";
    private const string Client = "src/KnSock.Client";
    private const string Player = "src/KnSock.Player";

    /// <summary>Folders that never see other folders.</summary>
    public static IReadOnlyList<(string Folder, string NeverSees)> Folders { get; } =
    [
        ($"{Server}/Encoding", $"{Server}/Sessions"),
        ($"{Server}/Encoding", $"{Server}/Adaptation"),
        ($"{Server}/Encoding", $"{Server}/Endpoints"),
        ($"{Server}/Sources", $"{Server}/Sessions"),
        ($"{Server}/Sources", $"{Server}/Adaptation"),
        ($"{Server}/Sources", $"{Server}/Endpoints"),
        ($"{Server}/Channels", $"{Server}/Sessions"),
        ($"{Server}/Channels", $"{Server}/Endpoints"),
        ($"{Server}/Store", $"{Server}/Sources"),
        ($"{Server}/Store", $"{Server}/Encoding"),
        ($"{Server}/Store", $"{Server}/Channels"),
        ($"{Server}/Store", $"{Server}/Sessions"),
        ($"{Server}/Store", $"{Server}/Adaptation"),
        ($"{Server}/Store", $"{Server}/Endpoints"),
        ($"{Server}/Adaptation", $"{Server}/Endpoints"),
        ($"{Server}/Adaptation", $"{Server}/Encoding"),
        ($"{Client}/Playout", $"{Client}/Connection"),
    ];

    /// <summary>Words that a folder does not use, each with its reason; and the folders below it that may.</summary>
    public static IReadOnlyList<(string Folder, Regex Words, string Why, string[] Except)> Words { get; } =
    [
        ($"{Server}/Adaptation", Word(@"System\.Net\.Sockets|Socket\w*|NetworkStream|TcpClient"), "adaptation sees no sockets", []),
        ($"{Server}/Endpoints", Word("RenditionSelector"), "endpoints never decide", []),
        ("src", Word(@"KnSock\.Player\.Interop|Interop\.(LibAv|Sdl)"), "native libraries are called only inside the player", [Player]),
        (
            "src",
            Word(@"System\.Diagnostics\.Process|ProcessStartInfo|new\s+Process|Process\.(Start|GetProcess\w*|GetCurrentProcess)"),
            "only encoding and sources start processes",
            [$"{Server}/Encoding", $"{Server}/Sources"]),
        (
            "src",
            Word("unsafe|LibraryImport|DllImport|NativeLibrary"),
            "native memory and native code are touched only in interop folders",
            [$"{Player}/Interop", $"{Server}/Interop"]),
        ("src", Word(@"global\s+using"), "a global using hides what a file depends on", []),
    ];

    /// <summary>What the files do that they may not, a line each.</summary>
    public static IEnumerable<string> Violations(IReadOnlyList<SourceFile> files)
    {
        foreach (var (folder, neverSees) in Folders)
        {
            var forbidden = References(neverSees, files);
            foreach (var violation in files.Where(f => f.IsIn(folder)).SelectMany(f => Matches(f, forbidden)))
            {
                yield return $"{violation}: {folder} never sees {neverSees}";
            }
        }

        foreach (var (folder, words, why, except) in Words)
        {
            foreach (var violation in files.Where(f => f.IsIn(folder) && !except.Any(f.IsIn)).SelectMany(f => Matches(f, words)))
            {
                yield return $"{violation}: {why}";
            }
        }

        // The rules go by folders; so a namespace has to be where its folder is.
        foreach (var file in files.Where(f => f.Namespace.Length > 0 && f.Namespace != NamespaceOf(f.Path[..f.Path.LastIndexOf('/')])))
        {
            yield return $"{file.Path} declares {file.Namespace}; its folder is {NamespaceOf(file.Path[..file.Path.LastIndexOf('/')])}";
        }
    }

    // The namespace in full, as in a using or a qualified name, or its last part before one of its types, which is enough beside it.
    private static Regex References(string folder, IReadOnlyList<SourceFile> files)
    {
        var last = folder[(folder.LastIndexOf('/') + 1)..];
        var types = files.Where(f => f.IsIn(folder)).SelectMany(f => f.Types).Distinct(StringComparer.Ordinal).ToList();
        var whole = Regex.Escape(NamespaceOf(folder));
        return Word(types.Count == 0 ? whole : $@"{whole}|((Server|Client)\.)?{last}(\.\w+)*\.({string.Join('|', types)})");
    }

    private static IEnumerable<string> Matches(SourceFile file, Regex forbidden) =>
        forbidden.Matches(file.Code).Select(m => $"{file.Path}:{file.LineOf(m.Index)} {m.Value}");

    private static string NamespaceOf(string folder) => folder["src/".Length..].Replace('/', '.');

    private static Regex Word(string pattern) => new($@"(?<![\w.])({pattern})\b", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(10));
}
