using KnSock.Cli.Arguments;

namespace KnSock.Cli.Tests;

public sealed class ByteSizeTests
{
    [Theory]
    [InlineData("500M", 500L << 20)]
    [InlineData("10G", 10L << 30)]
    [InlineData("1.5g", 3L << 29)]
    [InlineData("2GiB", 2L << 30)]
    [InlineData("2GB", 2_000_000_000)]
    [InlineData("64k", 64 << 10)]
    [InlineData("1T", 1L << 40)]
    [InlineData("1048576", 1 << 20)]
    public void ASizeIsRead(string text, long bytes)
    {
        Assert.True(ByteSize.TryParse(text, out var read));
        Assert.Equal(bytes, read);
    }

    [Theory]
    [InlineData("")]
    [InlineData("G")]
    [InlineData("0")]
    [InlineData("-1G")]
    [InlineData("1e9")]
    [InlineData("10 G")]
    [InlineData("NaN")]
    [InlineData("1X")]
    [InlineData("99999999T")]
    public void WhatIsNoSizeIsRefused(string text) => Assert.False(ByteSize.TryParse(text, out _));

    [Theory]
    [InlineData(0, "0 bytes")]
    [InlineData(1023, "1023 bytes")]
    [InlineData(1 << 20, "1 MiB")]
    [InlineData(1_288_490_189, "1.2 GiB")]
    [InlineData(long.MaxValue, "8388608 TiB")]
    public void ASizeIsWritten(long bytes, string text) => Assert.Equal(text, ByteSize.ToText(bytes));
}
