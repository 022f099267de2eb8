using KnSock.Cli.Arguments;

namespace KnSock.Cli.Tests;

public sealed class BitRateTests
{
    [Theory]
    [InlineData("1.5M", 1_500_000)]
    [InlineData("800k", 800_000)]
    [InlineData("800 kbit/s", 800_000)]
    [InlineData("2Mbit/s", 2_000_000)]
    [InlineData("1g", 1_000_000_000)]
    [InlineData("64000", 64_000)]
    public void ARateIsRead(string text, int rate)
    {
        Assert.True(BitRate.TryParse(text, out var read));
        Assert.Equal(rate, read);
    }

    [Theory]
    [InlineData("")]
    [InlineData("M")]
    [InlineData("0")]
    [InlineData("-1M")]
    [InlineData("1e6")]
    [InlineData("3G")]
    [InlineData("bit/s")]
    [InlineData("1X")]
    public void WhatIsNoRateIsRefused(string text) => Assert.False(BitRate.TryParse(text, out _));
}
