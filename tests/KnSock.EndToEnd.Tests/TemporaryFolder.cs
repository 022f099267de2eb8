namespace KnSock.EndToEnd.Tests;

/// <summary>A folder that is deleted with all that is in it.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("knsock-test-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
