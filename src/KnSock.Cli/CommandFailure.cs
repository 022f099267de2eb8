namespace KnSock.Cli;

/// <summary>The command cannot do what was asked. The message is one line that says what to do.</summary>
internal sealed class CommandFailure(string message, int exitCode = ExitCode.Failed) : Exception(message)
{
    /// <summary>With what the process ends.</summary>
    public int ExitCode { get; } = exitCode;
}
