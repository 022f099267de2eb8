using KnSock.Cli.Output;
using KnSock.Client;
using KnSock.Server;

namespace KnSock.Cli;

/// <summary>What the user is told of an exception.</summary>
internal static class Faults
{
    /// <summary>Writes one line; with <c>KNSOCK_DEBUG=1</c> the stack as well.</summary>
    /// <returns>The exit code.</returns>
    public static int Report(Terminal terminal, Exception exception)
    {
        terminal.Complain(Describe(exception));
        if (Environment.GetEnvironmentVariable("KNSOCK_DEBUG") is "1")
        {
            terminal.Error.WriteLine(exception);
        }

        return exception is CommandFailure failure ? failure.ExitCode : ExitCode.Failed;
    }

    /// <summary>The exception in words.</summary>
    public static string Describe(Exception exception) => exception switch
    {
        CommandFailure or LiveStreamException or LiveStreamServerException => exception.Message,
        ArgumentException { ParamName: { } name } => exception.Message.Replace($" (Parameter '{name}')", string.Empty, StringComparison.Ordinal),
        ArgumentException or IOException or UnauthorizedAccessException => exception.Message,
        AggregateException { InnerExceptions: [var only] } => Describe(only),
        _ => $"unexpected fault ({exception.GetType().Name}: {exception.Message}); KNSOCK_DEBUG=1 shows where",
    };
}
