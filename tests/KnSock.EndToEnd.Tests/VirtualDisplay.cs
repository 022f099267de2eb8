using System.Diagnostics;
using System.Globalization;

namespace KnSock.EndToEnd.Tests;

/// <summary>An X server without a screen, and what is to be seen on it.</summary>
internal sealed class VirtualDisplay : IAsyncDisposable
{
    private readonly Process _server;

    private VirtualDisplay(Process server, string name) => (_server, Name) = (server, name);

    /// <summary>What programs are given as DISPLAY.</summary>
    public string Name { get; }

    public static async Task<VirtualDisplay> StartAsync(int width, int height)
    {
        // It chooses a free number itself and writes it once it is ready.
        var server = Start("Xvfb", "-displayfd", "1", "-screen", "0", $"{width}x{height}x24", "-nolisten", "tcp");
        server.ErrorDataReceived += (_, _) => { };
        server.BeginErrorReadLine();
        var number = await server.StandardOutput.ReadLineAsync();
        return new VirtualDisplay(server, $":{int.Parse(number!, CultureInfo.InvariantCulture)}");
    }

    /// <summary>Begins to read a part of the screen: grey pictures, one after another, on standard output.</summary>
    public Process Grab(int left, int top, int width, int height, int rate) => Start(
        "ffmpeg", "-v", "quiet", "-nostdin", "-f", "x11grab", "-framerate", $"{rate}", "-video_size", $"{width}x{height}", "-i", $"{Name}+{left},{top}",
        "-pix_fmt", "gray", "-f", "rawvideo", "-");

    public async ValueTask DisposeAsync()
    {
        _server.Kill();
        await _server.WaitForExitAsync();
        _server.Dispose();
    }

    private static Process Start(string program, params string[] arguments) =>
        Process.Start(new ProcessStartInfo(program, arguments) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true })
        ?? throw new InvalidOperationException($"{program} did not start");
}
