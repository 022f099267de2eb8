using System.CommandLine;
using System.CommandLine.Invocation;
using System.Reflection;

namespace KnSock.Cli.Output;

/// <summary>Writes the version of this program, whichever process it runs in.</summary>
internal sealed class VersionText : SynchronousCommandLineAction
{
    /// <inheritdoc/>
    public override bool ClearsParseErrors => true;

    /// <inheritdoc/>
    public override int Invoke(ParseResult parseResult)
    {
        var version = typeof(VersionText).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion;
        parseResult.InvocationConfiguration.Output.WriteLine(version ?? "0");
        return ExitCode.Success;
    }
}
