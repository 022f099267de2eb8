using System.Diagnostics;

namespace KnSock.Shaped.Links.Spaces;

/// <summary>Runs a small program of the system to its end.</summary>
internal static class SystemTool
{
    /// <summary>Runs one that must succeed and gives its output.</summary>
    /// <exception cref="InvalidOperationException">It failed; the message says what it complained of.</exception>
    /// <exception cref="System.ComponentModel.Win32Exception">It is not here.</exception>
    public static async Task<string> RunAsync(string program, params string[] arguments)
    {
        var (code, output, error) = await TryRunAsync(program, arguments);
        return code == 0 ? output : throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} ended with {code}: {error.Trim()}");
    }

    /// <summary>Runs one whatever becomes of it.</summary>
    public static async Task<(int Code, string Output, string Error)> TryRunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, await output, await error);
    }
}
