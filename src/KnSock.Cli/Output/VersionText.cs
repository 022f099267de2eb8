using System.CommandLine;
using System.CommandLine.Invocation;
using System.Reflection;

namespace KnSock.Cli.Output;

/// <summary>Writes the version of this program, whichever process it runs in.</summary>
internal sealed class VersionText : SynchronousCommandLineAction
{
    /// <summary>The version.</summary>
    public static string Number { get; } = typeof(VersionText).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0";

    /// <inheritdoc/>
    public override bool ClearsParseErrors => true;

    /// <inheritdoc/>
    public override int Invoke(ParseResult parseResult)
    {
        parseResult.InvocationConfiguration.Output.WriteLine(Number);
        return ExitCode.Success;
    }
}
