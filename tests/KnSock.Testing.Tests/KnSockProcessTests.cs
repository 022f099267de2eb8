using KnSock.Testing.Processes;

namespace KnSock.Testing.Tests;

/// <summary>The harness itself, tried on a shell in place of <c>knsock</c>.</summary>
public class KnSockProcessTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(10);

    [Fact]
    public async Task It_waits_for_the_ready_line_reads_the_last_line_and_ends_by_a_signal()
    {
        await using var process = Shell("trap 'echo \"{\\\"frames\\\": 7}\"; exit 3' TERM; echo noise >&2; echo 'ready on here'; sleep 60 & wait $!; kill $!");
        Assert.Equal("ready on here", await process.WaitForReadyAsync(Soon));
        Assert.Equal(2, process.Processes.List().Count);
        await process.SignalAsync("TERM");
        Assert.Equal(3, await process.WaitForExitAsync(Soon));
        Assert.Equal(7, process.LastJson.GetProperty("frames").GetInt32());
        Assert.Equal(["noise"], process.Error);
    }

    [Fact]
    public async Task A_descendant_that_is_left_behind_is_found_and_ended()
    {
        var process = Shell("sleep 60 >/dev/null 2>&1 & exit 0");
        var failure = await Assert.ThrowsAsync<InvalidOperationException>(() => process.ExpectExitAsync(0, Soon));
        Assert.Contains("sleep 60", failure.Message, StringComparison.Ordinal);
        await process.DisposeAsync();
        Assert.Empty(await process.Processes.WaitForEndAsync(Soon));
    }

    [Fact]
    public async Task A_process_that_ends_instead_of_getting_ready_says_why()
    {
        await using var process = Shell("echo 'knsock: no such file' >&2; exit 1");
        var failure = await Assert.ThrowsAsync<InvalidOperationException>(() => process.WaitForReadyAsync(Soon));
        Assert.Contains("no such file", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_exit_code_than_expected_fails()
    {
        await using var process = Shell("exit 4");
        await Assert.ThrowsAsync<InvalidOperationException>(() => process.ExpectExitAsync(0, Soon));
    }

    [Fact]
    public void Ports_are_different_each_time()
    {
        var ports = Enumerable.Range(0, 20).Select(_ => FreePorts.Find()).ToList();
        Assert.Equal(60, ports.SelectMany(p => new[] { p, p + 1, p + 10 }).Distinct().Count());
    }

    private static KnSockProcess Shell(string script) =>
        KnSockProcess.Start(new KnSockProcessOptions { Program = "bash" }, "-c", script);
}
