using System.Runtime.Versioning;
using KnSock.Testing.Processes;

namespace KnSock.Testing.Tests;

/// <summary><c>test.sh</c>, with shell scripts in place of the test projects.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class TestScriptTests : IDisposable
{
    // Nothing is installed and nothing built.
    private const string NoSetup = "present() { :; }; install() { :; }; build() { :; }";
    private readonly string _root = Directory.CreateTempSubdirectory("knsock-test-script-").FullName;

    public TestScriptTests()
    {
        File.Copy(Path.Combine(Repository.Root, "test.sh"), Path.Combine(_root, "test.sh"));
        Write("eng/setup.sh", NoSetup);
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public async Task Where_all_pass_it_ends_with_0_and_the_sum()
    {
        Suite("KnSock.EndToEnd.Tests", passed: 2, failed: 0);
        // This one runs beside the first.
        Suite("KnSock.Protocol.Tests", passed: 3, failed: 0);
        await ExpectAsync(0, "5 passed, 0 failed, 0 skipped");
    }

    [Fact]
    public async Task Where_one_fails_it_ends_with_1_and_says_at_the_end_which()
    {
        Suite("KnSock.EndToEnd.Tests", passed: 2, failed: 0);
        Suite("KnSock.Protocol.Tests", passed: 2, failed: 1);
        var output = await ExpectAsync(1, "4 passed, 1 failed, 0 skipped");
        Assert.Equal("KnSock.Protocol.Tests: failed of KnSock.Protocol.Tests", output[^2]);
    }

    [Fact]
    public async Task A_suite_that_runs_no_test_counts_as_a_failure()
    {
        Suite("KnSock.EndToEnd.Tests", passed: 2, failed: 0);
        Suite("KnSock.Protocol.Tests", passed: 0, failed: 0);
        await ExpectAsync(1, "2 passed, 1 failed, 0 skipped");
    }

    private void Suite(string name, int passed, int failed) => Write($"tests/{name}/bin/Release/net10.0/{name}", $"""
        #!/bin/bash
        while [ "$1" != --report-xunit-filename ]; do shift; done
        echo '<assembly passed="{passed}" failed="{failed}" errors="0" skipped="0">' >"$4/$2"
        [ {failed} = 0 ] || echo 'failed of {name}'
        exit {failed}
        """);

    private async Task<string[]> ExpectAsync(int exitCode, string lastLine)
    {
        var result = await Command.TryRunAsync("bash", [Path.Combine(_root, "test.sh"), "KnSock"], TestContext.Current.CancellationToken);
        var output = result.Output.TrimEnd().Split('\n');
        Assert.Equal((exitCode, lastLine), (result.ExitCode, output[^1]));
        return output;
    }

    private void Write(string path, string text)
    {
        var full = Path.Combine(_root, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllText(full, text + "\n");
        File.SetUnixFileMode(full, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }
}
