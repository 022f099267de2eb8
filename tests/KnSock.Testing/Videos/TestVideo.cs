using System.Security.Cryptography;
using System.Text;

namespace KnSock.Testing.Videos;

/// <summary>A file made once and kept outside the repository, under a name that changes with its recipe.</summary>
public sealed class TestVideo
{
    private readonly Lazy<Task<string>> _path;

    /// <summary>Describes a file; nothing is made yet.</summary>
    /// <param name="name">File name.</param>
    /// <param name="recipe">What it is made from; another recipe is another file.</param>
    /// <param name="make">Makes it at the path given.</param>
    public TestVideo(string name, string recipe, Func<string, Task> make)
    {
        Name = name;
        _path = new Lazy<Task<string>>(() => MakeAsync(recipe, make));
    }

    /// <summary>File name.</summary>
    public string Name { get; }

    /// <summary>Where all of them are kept.</summary>
    public static string Folder { get; } = Path.Combine(
        Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } cache
            ? cache
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache"),
        "knsock",
        "test-videos");

    /// <summary>The path of the file, made now if it is not there. May be called at the same time from anywhere.</summary>
    public Task<string> GetPathAsync() => _path.Value;

    /// <inheritdoc/>
    public override string ToString() => Name;

    private async Task<string> MakeAsync(string recipe, Func<string, Task> make)
    {
        var key = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(recipe)))[..12];
        var folder = Directory.CreateDirectory(Path.Combine(Folder, key)).FullName;
        var path = Path.Combine(folder, Name);
        if (!File.Exists(path))
        {
            // Made beside and renamed, so that nobody ever sees half a file; of two that make it at once, the last wins.
            var part = Path.Combine(folder, $"{Guid.NewGuid():N}-{Name}");
            try
            {
                await make(part);
                File.Move(part, path, overwrite: true);
            }
            finally
            {
                File.Delete(part);
            }
        }

        return path;
    }
}
