using System.Diagnostics;

namespace KnSock.Testing.Processes;

/// <summary>Runs a program to its end.</summary>
public static class Command
{
    /// <summary>Runs a program and gives its output, whatever its exit code.</summary>
    public static async Task<CommandResult> TryRunAsync(
        string program, IEnumerable<string> arguments, CancellationToken cancellationToken = default)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        }) ?? throw new InvalidOperationException($"{program} did not start");
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
        var error = process.StandardError.ReadToEndAsync(cancellationToken);
        try
        {
            await process.WaitForExitAsync(cancellationToken);
            return new CommandResult(process.ExitCode, await output, await error);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }

    /// <summary>Runs a program that must succeed and gives what it wrote to standard output.</summary>
    public static async Task<string> RunAsync(string program, params IEnumerable<string> arguments)
    {
        var given = arguments.ToList();
        var result = await TryRunAsync(program, given);
        return result.ExitCode == 0
            ? result.Output
            : throw new InvalidOperationException($"{program} {string.Join(' ', given)} ended with {result.ExitCode}: {result.Error}{result.Output}");
    }

    /// <summary>Runs a program that must succeed and gives the bytes that it wrote to standard output.</summary>
    public static async Task<byte[]> RunForBytesAsync(string program, params IEnumerable<string> arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { UseShellExecute = false, RedirectStandardOutput = true })
            ?? throw new InvalidOperationException($"{program} did not start");
        using var bytes = new MemoryStream();
        await process.StandardOutput.BaseStream.CopyToAsync(bytes);
        await process.WaitForExitAsync();
        return process.ExitCode == 0 ? bytes.ToArray() : throw new InvalidOperationException($"{program} ended with {process.ExitCode}");
    }
}

/// <summary>How a program ended.</summary>
public sealed record CommandResult(int ExitCode, string Output, string Error);
