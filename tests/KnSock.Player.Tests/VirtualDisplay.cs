using System.Diagnostics;

namespace KnSock.Player.Tests;

/// <summary>An X server without a screen, for the tests of one collection, and the tools that look at it and press its keys.</summary>
public sealed class VirtualDisplay : IDisposable
{
    public const int Width = 1024;
    public const int Height = 768;
    public const string Collection = "SDL";

    private readonly Process _server;

    public VirtualDisplay()
    {
        // -displayfd has the server choose a free number and say which, once it is ready.
        _server = Start("Xvfb", $"-displayfd 1 -screen 0 {Width}x{Height}x24 -nolisten tcp");
        var number = _server.StandardOutput.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(20)).GetAwaiter().GetResult();
        Name = $":{number}";
        NativeEnvironment.Set("DISPLAY", Name);
        NativeEnvironment.Set("SDL_AUDIODRIVER", "dummy");
    }

    public string Name { get; }

    /// <summary>What is on the screen.</summary>
    internal Screenshot Capture() => new(Run("import", "-window root -depth 8 rgb:-"));

    /// <summary>Writes a screenshot as a file for people to look at.</summary>
    public void Save(string path) => Run("import", $"-window root {path}");

    public void Press(string keys) => Run("xdotool", $"key {keys}");

    public void MovePointerInto() => Run("xdotool", $"mousemove {Width / 2} {Height / 2}");

    public void Resize(string title, int width, int height) => Run("xdotool", $"search --name \"{title}\" windowsize {width} {height}");

    public bool HasWindow(string title)
    {
        using var process = Start("xdotool", $"search --name \"{title}\"");
        var found = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return found.Length > 0;
    }

    public void Dispose()
    {
        _server.Kill();
        _server.WaitForExit();
        _server.Dispose();
    }

    private static Process Start(string program, string arguments) => Process.Start(new ProcessStartInfo(program, arguments)
    {
        UseShellExecute = false,
        RedirectStandardOutput = true,
        RedirectStandardError = true,
    })!;

    private byte[] Run(string program, string arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { UseShellExecute = false, RedirectStandardOutput = true };
        start.Environment["DISPLAY"] = Name;
        using var process = Process.Start(start)!;
        using var output = new MemoryStream();
        process.StandardOutput.BaseStream.CopyTo(output);
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
        return output.ToArray();
    }
}

/// <summary>The pixels of a screen.</summary>
internal sealed class Screenshot(byte[] rgb)
{
    public (byte Red, byte Green, byte Blue) this[int x, int y]
    {
        get
        {
            var at = ((y * VirtualDisplay.Width) + x) * 3;
            return (rgb[at], rgb[at + 1], rgb[at + 2]);
        }
    }

    /// <summary>The smallest rectangle around all pixels of about this colour; null where there is none.</summary>
    public (int X, int Y, int Width, int Height)? Find((int Red, int Green, int Blue) color, int tolerance = 12)
    {
        var (left, top, right, bottom) = (int.MaxValue, int.MaxValue, -1, -1);
        for (var y = 0; y < VirtualDisplay.Height; y++)
        {
            for (var x = 0; x < VirtualDisplay.Width; x++)
            {
                var (red, green, blue) = this[x, y];
                if (Math.Abs(red - color.Red) <= tolerance && Math.Abs(green - color.Green) <= tolerance && Math.Abs(blue - color.Blue) <= tolerance)
                {
                    (left, top, right, bottom) = (Math.Min(left, x), Math.Min(top, y), Math.Max(right, x), Math.Max(bottom, y));
                }
            }
        }

        return right < 0 ? null : (left, top, right - left + 1, bottom - top + 1);
    }
}

[CollectionDefinition(VirtualDisplay.Collection)]
public sealed class VirtualDisplayCollection : ICollectionFixture<VirtualDisplay>;
