using KnSock.Media;
using KnSock.Server.Sessions;

namespace KnSock.Server.Tests.Sessions;

public sealed class ReportAgeTests
{
    private readonly ReportAge _age = new();

    [Fact]
    public void WhatIsMissingAlwaysIsTheirAge()
    {
        Assert.Equal(0, Of(2.1, at: 0));
        Assert.Equal(0, Of(2.0, at: 1.9));
        Assert.Equal(2.0, Of(2.3, at: 2));
        Assert.Equal(1.8, Of(1.8, at: 2.1));
    }

    [Fact]
    public void WhatIsMissingForAWhileIsForTheLink()
    {
        Assert.Equal(0, Of(2.1, at: 0));
        Assert.Equal(0, Of(0.2, at: 1.9));
        Assert.Equal(0, Of(2.3, at: 2));
        Assert.Equal(0, Of(2.3, at: 3.9));
        Assert.Equal(2.3, Of(2.3, at: 4));
    }

    private double Of(double missing, double at) => _age.Of(TimeSpan.FromSeconds(missing), Timestamp.FromSeconds(at)).TotalSeconds;
}
