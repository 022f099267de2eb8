using KnSock.Cli.Arguments;

namespace KnSock.Cli.Tests;

public sealed class BitRateTests
{
    [Theory]
    [InlineData("1.5M", 1_500_000)]
    [InlineData("800k", 800_000)]
    [InlineData("800 kbit/s", 800_000)]
    [InlineData("100Mbit/s", 100_000_000)]
    [InlineData("40g", 40_000_000_000)]
    [InlineData("64000", 64_000)]
    public void ARateIsRead(string text, long rate)
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
    [InlineData("1,5M")]
    [InlineData("NaN")]
    [InlineData("9999999999999G")]
    [InlineData("bit/s")]
    [InlineData("1X")]
    [InlineData("5MB")]
    public void WhatIsNoRateIsRefused(string text) => Assert.False(BitRate.TryParse(text, out _));
}
