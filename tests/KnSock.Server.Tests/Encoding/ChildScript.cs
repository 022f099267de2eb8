using KnSock.Server.Encoding;

namespace KnSock.Server.Tests.Encoding;

/// <summary>A small program that stands in for ffmpeg.</summary>
internal sealed class ChildScript : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("knsock-child-").FullName;

    public ChildScript(string body)
    {
        Path = System.IO.Path.Combine(_folder, "ffmpeg.sh");
        File.WriteAllText(Path, $"#!/bin/sh\necho $$ > {_folder}/pid\n{body}\n");
        if (OperatingSystem.IsWindows())
        {
            throw new PlatformNotSupportedException("shell scripts stand in for ffmpeg");
        }

        File.SetUnixFileMode(Path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    public string Path { get; }

    public FfmpegTools Tools => new(Path, "ffprobe", new Version(5, 1));

    /// <summary>The process that the script began as is there and is no zombie.</summary>
    public bool IsAlive => State is { } state && !state.Contains(") Z ", StringComparison.Ordinal);

    /// <summary>A signal has stopped it.</summary>
    public bool IsStopped => State is { } state && state.Contains(") T ", StringComparison.Ordinal);

    private string? State
    {
        get
        {
            try
            {
                return File.ReadAllText($"/proc/{File.ReadAllText(System.IO.Path.Combine(_folder, "pid")).Trim()}/stat");
            }
            catch (IOException)
            {
                // It has not begun, or has ended, or ends while its state is read.
                return null;
            }
        }
    }

    public Task StartedAsync() => Eventually.TrueAsync(() => File.Exists(System.IO.Path.Combine(_folder, "pid")) && IsAlive);

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
