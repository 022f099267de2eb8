using KnSock.Cli.Arguments;
using KnSock.Server;

namespace KnSock.Cli.Tests;

/// <summary>The encoding budget on the command line.</summary>
public sealed class BudgetTests
{
    [Fact]
    public void PartsThatAreNamedReplaceTheDefaults()
    {
        var (budget, error) = Budget.Read("cpu=25%, fill=watched,processes=8,nice=5,grace=500ms");

        Assert.Null(error);
        Assert.Equal(
            new EncodingBudget { FillCpuShare = 0.25, Fill = FillScope.Watched, MaxProcesses = 8, FillNiceness = 5, Grace = TimeSpan.FromMilliseconds(500) },
            budget);
        Assert.Equal(new EncodingBudget { Fill = FillScope.None }, Budget.Read("fill=none").Value);
    }

    [Theory]
    [InlineData("")]
    [InlineData("fill")]
    [InlineData("fill=some")]
    [InlineData("fill=none,fill=all")]
    [InlineData("processes=1")]
    [InlineData("cpu=0")]
    [InlineData("cpu=101%")]
    [InlineData("cpu=x")]
    [InlineData("nice=20")]
    [InlineData("nice=-1")]
    [InlineData("grace=soon")]
    [InlineData("speed=9")]
    public void WhatIsNoBudgetIsToldWithTheFormOfOne(string text)
    {
        var (budget, error) = Budget.Read(text);

        Assert.Null(budget);
        Assert.Contains("processes=N", error, StringComparison.Ordinal);
    }
}
