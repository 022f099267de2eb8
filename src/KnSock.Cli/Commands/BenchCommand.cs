using KnSock.Cli.Output;

namespace KnSock.Cli.Commands;

/// <summary><c>knsock bench</c>: what serving costs on this machine, and how viewers fare on real links.</summary>
internal sealed class BenchCommand : Verb
{
    /// <summary>Creates the verb with those below it.</summary>
    public BenchCommand(Terminal terminal) : base("bench", "Measure what serving costs on this machine, and how viewers fare on real links.")
    {
        Add(new BenchFanoutCommand(terminal));
        Add(new BenchGrowthCommand(terminal));
        Add(new BenchShapedCommand(terminal));
        Add(new BenchYardstickCommand(terminal));
    }

    /// <inheritdoc/>
    public override string Usage => "bench COMMAND [OPTIONS]";

    /// <inheritdoc/>
    public override IReadOnlyList<(string CommandLine, string Does)> Examples =>
    [
        ("knsock bench fanout --viewers 200", "CPU, memory, delays and joining with 200 viewers, beside the least that a server could do."),
        ("knsock bench growth --out figures", "How that grows from 100 viewers to 2000, as a table, JSON and pictures."),
        ("knsock bench shaped --traces traces", "How viewers fare over links that carry what traces say, beside the simulator."),
    ];

    /// <summary>This program as a command line: itself, or the runtime with its library.</summary>
    internal static string[] OwnProgram()
    {
        var path = Environment.ProcessPath ?? throw new CommandFailure("it cannot be told where this program is");
        return Path.GetFileNameWithoutExtension(path) is "dotnet" ? [path, Environment.GetCommandLineArgs()[0]] : [path];
    }
}
