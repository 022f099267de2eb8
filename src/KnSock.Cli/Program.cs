using KnSock.Cli;
using KnSock.Cli.Output;

var terminal = Terminal.OfProcess();

// A fault on a thread of its own would otherwise print its stack and dump core.
AppDomain.CurrentDomain.UnhandledException += (_, e) =>
{
    Faults.Report(terminal, (Exception)e.ExceptionObject);
    Environment.Exit(ExitCode.Failed);
};

using var interruption = new Interruption();
return await CommandLine.RunAsync(args, terminal, interruption.Token);
