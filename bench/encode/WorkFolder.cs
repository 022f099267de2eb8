namespace KnSock.EncodeBenchmark;

/// <summary>A folder for the time of the benchmark.</summary>
internal sealed class WorkFolder : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("knsock-bench-");
    private int _count;

    public string NewPath(string extension = "") => Path.Combine(_folder.FullName, $"{++_count}{extension}");

    public void Dispose() => _folder.Delete(recursive: true);
}
