namespace KnSock.Server;

/// <summary>Where finished GOPs are kept on disk, so that nothing is encoded twice, and how much of it.</summary>
public sealed record StoreOptions
{
    private const long SmallestLimit = 1024 * 1024;

    /// <summary>Whether anything is kept on disk. Without, what leaves memory is encoded again.</summary>
    public bool IsEnabled { get; init; } = true;

    /// <summary>
    /// The store's folder; it is made when it is missing. Null: <c>knsock/store</c> in <c>XDG_CACHE_HOME</c>, otherwise in the platform's folder
    /// for caches (<c>~/.cache</c>). Several processes of one user may share it.
    /// </summary>
    public string? Directory { get; init; }

    /// <summary>
    /// The most that the store may take, bytes; beyond it the GOPs used longest ago go. Null: 10 GiB, or 20 % of what is free and stored
    /// together if that is less.
    /// </summary>
    public long? MaxBytes { get; init; }

    /// <summary>The folder that is meant, as a full path.</summary>
    internal string EffectiveDirectory => Path.GetFullPath(
        Directory ?? DefaultDirectory(Environment.GetEnvironmentVariable("XDG_CACHE_HOME"), Environment.GetFolderPath(Environment.SpecialFolder.UserProfile)));

    /// <summary>Throws if an option is out of range.</summary>
    /// <exception cref="ArgumentException">The message begins with the option's name.</exception>
    internal void Validate()
    {
        Require(Directory is null || !string.IsNullOrWhiteSpace(Directory), nameof(Directory), "is empty; name a folder, or nothing for the usual one");
        Require(MaxBytes is null or >= SmallestLimit, nameof(MaxBytes), "must be at least 1 MiB");
    }

    /// <summary>The folder unless one is named.</summary>
    /// <param name="xdgCacheHome">A relative path there counts as none (XDG Base Directory Specification).</param>
    /// <param name="home">The user's home; empty for an account without one.</param>
    internal static string DefaultDirectory(string? xdgCacheHome, string home)
    {
        var caches = Path.IsPathFullyQualified(xdgCacheHome ?? string.Empty) ? xdgCacheHome!
            : OperatingSystem.IsWindows() ? Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData)
            : home.Length == 0 ? "/var/cache"
            : OperatingSystem.IsMacOS() ? Path.Combine(home, "Library", "Caches")
            : Path.Combine(home, ".cache");
        return Path.Combine(caches, "knsock", "store");
    }

    private static void Require(bool condition, string option, string message)
    {
        if (!condition)
        {
            throw new ArgumentException($"{option} {message}", option);
        }
    }
}
