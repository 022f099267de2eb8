using System.Net;
using KnSock.Server.Endpoints.Legacy;

namespace KnSock.Server.Tests.Endpoints.Legacy;

/// <summary>Whose connection is whose, where none says so.</summary>
public sealed class CompanionsTests
{
    private static readonly IPAddress Here = IPAddress.Parse("192.0.2.1");
    private static readonly IPAddress There = IPAddress.Parse("192.0.2.2");

    private readonly Companions<string> _companions = new();
    private readonly List<string> _taken = [];

    [Fact]
    public void ViewersGetWhatComesFromTheirAddressInOrder()
    {
        Want("a", Here);
        Want("b", There);
        Want("c", Here);
        _companions.Have(There, "1");
        _companions.Have(Here, "2");
        _companions.Have(Here, "3");

        Assert.Equal(["b1", "a2", "c3"], _taken);
        Assert.Equal(0, _companions.Count);
    }

    [Fact]
    public void WhatComesFirstWaitsForItsViewer()
    {
        var first = _companions.Have(Here, "1");
        var second = _companions.Have(Here, "2");
        Assert.False(first.Taken.IsCompleted);

        Want("a", Here);

        Assert.Equal(["a1"], _taken);
        Assert.True(first.Taken.IsCompleted);
        Assert.False(second.Taken.IsCompleted);
        Assert.False(_companions.TryWithdraw(first));
        Assert.True(_companions.TryWithdraw(second));
        Assert.False(_companions.TryWithdraw(second));
        Assert.Equal(0, _companions.Count);
    }

    [Fact]
    public void WhoWaitsNoMoreGetsNothing()
    {
        var a = Want("a", Here);
        Want("b", Here);
        _companions.Withdraw(a);
        _companions.Withdraw(a);

        _companions.Have(Here, "1");

        Assert.Equal(["b1"], _taken);
    }

    [Fact]
    public void AnAddressIsOneInBothOfItsForms()
    {
        Want("a", Here.MapToIPv6());
        _companions.Have(Here, "1");

        Assert.Equal(["a1"], _taken);
    }

    private Companions<string>.Wanted Want(string viewer, IPAddress address) => _companions.Want(address, connection => _taken.Add(viewer + connection));
}
