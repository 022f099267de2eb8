using System.Diagnostics;
using SharpFuzz;

namespace KnSock.Fuzz.Engine;

/// <summary>Runs this program once more from a folder in which the assemblies under test tell of each branch that they take.</summary>
internal static class Instrumentation
{
    private static readonly string[] Assemblies = ["KnSock.Media.dll", "KnSock.Protocol.dll", "KnSock.Client.dll", "KnSock.Server.dll", "KnSock.Simulation.dll", "KnSock.Fanout.dll"];

    /// <summary>Runs it.</summary>
    /// <param name="arguments">What it is given.</param>
    /// <returns>Its exit code.</returns>
    public static async Task<int> RunAsync(IEnumerable<string> arguments)
    {
        var folder = Directory.CreateTempSubdirectory("knsock-fuzz-").FullName;
        try
        {
            Copy(AppContext.BaseDirectory, folder);
            foreach (var assembly in Assemblies)
            {
                Fuzzer.Instrument(Path.Combine(folder, assembly), _ => true, Options.Value);
            }

            using var child = Process.Start(new ProcessStartInfo("dotnet", [Path.Combine(folder, "KnSock.Fuzz.dll"), .. arguments]))!;
            await child.WaitForExitAsync();
            return child.ExitCode;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void Copy(string from, string to)
    {
        foreach (var path in Directory.GetFiles(from, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(to, Path.GetRelativePath(from, path));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(path, target);
        }
    }
}
