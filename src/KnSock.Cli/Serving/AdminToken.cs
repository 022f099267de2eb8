using System.Security.Cryptography;

namespace KnSock.Cli.Serving;

/// <summary>The secret by which administrators are known: kept in a file, so that it stands in no command line, and made when there is none.</summary>
/// <param name="Value">The secret.</param>
/// <param name="Path">The file.</param>
/// <param name="IsNew">It was made this moment.</param>
internal sealed record AdminToken(string Value, string Path, bool IsNew)
{
    private const int Bytes = 24;
    private const int ShortestGiven = 16;

    /// <summary>Where it lies unless somebody says otherwise.</summary>
    public static string DefaultPath => System.IO.Path.Combine(
        Environment.GetFolderPath(Environment.SpecialFolder.ApplicationData, Environment.SpecialFolderOption.DoNotVerify), "knsock", "admin-token");

    /// <summary>Reads it, or makes it.</summary>
    /// <exception cref="CommandFailure">The file cannot be read or written, or holds no secret.</exception>
    public static AdminToken Open(string path)
    {
        try
        {
            if (File.Exists(path))
            {
                var given = File.ReadAllText(path).Trim();
                return given.Length >= ShortestGiven
                    ? new AdminToken(given, path, IsNew: false)
                    : throw new CommandFailure($"{path} holds no admin token of {ShortestGiven} characters or more; delete the file to have one made", ExitCode.Failed);
            }

            var made = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(Bytes));
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(path))!);
            SecretFile.Create(path, made);
            return new AdminToken(made, path, IsNew: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandFailure($"the admin token in {path} cannot be read or made ({e.Message}); name another file with --admin-token-file", ExitCode.Failed);
        }
    }
}
