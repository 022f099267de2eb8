namespace KnSock.Cli.Serving;

/// <summary>A file with a secret in it.</summary>
internal static class SecretFile
{
    /// <summary>Makes one, for its owner alone, from the first moment on.</summary>
    /// <exception cref="IOException">There is one of that name, or it cannot be made.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be made.</exception>
    public static void Create(string path, string secret)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using var file = new FileStream(path, options);
        using var writer = new StreamWriter(file);
        writer.WriteLine(secret);
    }
}
