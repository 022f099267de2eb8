using System.Diagnostics.CodeAnalysis;

namespace KnSock.Server.Sources;

/// <summary>
/// The folder from which channels may be added while the server runs. What is asked for is the plain name of a file in it: nothing that leads out of the folder, whether by its form or by a link, is
/// ever opened, and there are no folders within it.
/// </summary>
/// <param name="path">The folder.</param>
internal sealed class MediaFolder(string path)
{
    /// <summary>The most files that are told of.</summary>
    private const int MostListed = 1_000;

    /// <summary>No file system has longer names.</summary>
    private const int LongestName = 255;

    private readonly string _folder = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));

    /// <summary>What stands before the name of a file in its path.</summary>
    public string Prefix => _folder + Path.DirectorySeparatorChar;

    /// <summary>Names of the files in it, in order; of very many the first.</summary>
    /// <exception cref="IOException">The folder cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The same.</exception>
    public IReadOnlyList<string> List() =>
        [.. Directory.EnumerateFiles(_folder).Select(f => Path.GetFileName(f)!).Where(n => TryFind(n, out _)).Take(MostListed).Order(StringComparer.OrdinalIgnoreCase)];

    /// <summary>Finds a file. The path is that of the file itself, never of a link.</summary>
    /// <returns>False: it is not there, or is not a plain file of this folder.</returns>
    public bool TryFind(string name, [NotNullWhen(true)] out string? file)
    {
        file = IsPlain(name) ? Path.Combine(_folder, name) : null;
        try
        {
            if (file is not null && new FileInfo(file).LinkTarget is not null)
            {
                // A link may lead to another file of the folder. That one is taken by its own name, so whatever stands in the link is not followed.
                var target = File.ResolveLinkTarget(file, returnFinalTarget: true)?.FullName;
                file = target is not null && string.Equals(Path.GetDirectoryName(target), _folder, StringComparison.Ordinal) && IsPlain(Path.GetFileName(target))
                    ? Path.Combine(_folder, Path.GetFileName(target))
                    : null;
            }

            file = file is not null && IsFile(file) ? file : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A link that leads nowhere or in a circle, or what may not be looked at.
            file = null;
        }

        return file is not null;
    }

    private static bool IsPlain(string name) =>
        name.Length is > 0 and <= LongestName && name is not ("." or "..") && name.AsSpan().IndexOfAny("/\\:") < 0 && !name.Any(char.IsControl);

    /// <summary>Pipes and devices, which would have whoever opens them wait, are empty.</summary>
    private static bool IsFile(string file) => new FileInfo(file) is { Exists: true, LinkTarget: null, Length: > 0 };
}
