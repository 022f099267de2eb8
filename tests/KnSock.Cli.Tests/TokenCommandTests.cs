using KnSock.Cli.Output;
using KnSock.Server.Access;

namespace KnSock.Cli.Tests;

public sealed class TokenCommandTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("knsock-token-");

    private string Key => Path.Combine(_folder.FullName, "key");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task AKeyIsMadeOnceAndSignsTokens()
    {
        Assert.Equal((0, ""), (await RunAsync("--new-key", Key)) is var made ? (made.Code, made.Output) : default);
        var (again, _, error) = await RunAsync("--new-key", Key);
        Assert.Equal((1, $"knsock: {Key} is there already; name another file"), (again, error.Trim()));
        Assert.True(OperatingSystem.IsWindows() || File.GetUnixFileMode(Key) == (UnixFileMode.UserRead | UnixFileMode.UserWrite));

        var (code, output, _) = await RunAsync("--key-file", Key, "--channels", "a.mp4, b.mp4", "--expires", "2h");
        Assert.Equal(0, code);
        Assert.True(ViewerKeys.FromFile(Key).TryRead(output.Trim(), out var grant));
        Assert.Equal(["a.mp4", "b.mp4"], grant.Channels);
        Assert.InRange(grant.Expires - DateTimeOffset.UtcNow, TimeSpan.FromMinutes(115), TimeSpan.FromHours(2));

        (_, output, _) = await RunAsync("--key-file", Key);
        Assert.True(ViewerKeys.FromFile(Key).TryRead(output.Trim(), out grant));
        Assert.True(grant.OpensAll);
    }

    [Theory]
    [InlineData(2, "name either --new-key FILE")]
    [InlineData(2, "name either --new-key FILE", "--new-key", "a", "--key-file", "b")]
    [InlineData(2, "'soon' is not a length of time", "--key-file", "a", "--expires", "soon")]
    [InlineData(2, "--channels names none", "--key-file", "a", "--channels", ",")]
    [InlineData(1, "cannot be read", "--key-file", "/nowhere/key")]
    public async Task WhatCannotBeDoneIsSaid(int expected, string why, params string[] arguments)
    {
        var (code, output, error) = await RunAsync(arguments);
        Assert.Equal((expected, ""), (code, output));
        Assert.Contains(why, error, StringComparison.Ordinal);
        Assert.Single(error.Trim().Split('\n'));
    }

    private static async Task<(int Code, string Output, string Error)> RunAsync(params string[] arguments)
    {
        var (output, error) = (new StringWriter(), new StringWriter());
        var code = await CommandLine.RunAsync(["token", .. arguments], new Terminal(output, error), CancellationToken.None);
        return (code, output.ToString(), error.ToString());
    }
}
