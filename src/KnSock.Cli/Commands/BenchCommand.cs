using KnSock.Cli.Output;

namespace KnSock.Cli.Commands;

/// <summary><c>knsock bench</c>: what serving costs on this machine.</summary>
internal sealed class BenchCommand : Verb
{
    /// <summary>Creates the verb with those below it.</summary>
    public BenchCommand(Terminal terminal) : base("bench", "Measure what serving costs on this machine.")
    {
        Add(new BenchFanoutCommand(terminal));
        Add(new BenchYardstickCommand(terminal));
    }

    /// <inheritdoc/>
    public override string Usage => "bench COMMAND [OPTIONS]";

    /// <inheritdoc/>
    public override IReadOnlyList<(string CommandLine, string Does)> Examples =>
    [
        ("knsock bench fanout --viewers 200", "CPU, memory, delays and joining with 200 viewers, beside the least that a server could do."),
    ];
}
