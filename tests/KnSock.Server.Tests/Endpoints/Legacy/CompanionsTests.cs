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
        Have(There, "1");
        Have(Here, "2");
        Have(Here, "3");

        Assert.Equal(["b1", "a2", "c3"], _taken);
        Assert.Equal(0, _companions.Count);
    }

    [Fact]
    public void WhatComesFirstWaitsForItsViewer()
    {
        var first = Have(Here, "1");
        var second = Have(Here, "2");
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

        Have(Here, "1");

        Assert.Equal(["b1"], _taken);
    }

    [Fact]
    public void AnAddressIsOneInBothOfItsForms()
    {
        Want("a", Here.MapToIPv6());
        Have(Here, "1");

        Assert.Equal(["a1"], _taken);
    }

    [Fact]
    public void TheOrderIsThatInWhichTheyCameNotThatInWhichTheyAreKnown()
    {
        Want("a", Here);
        Want("b", Here);
        var first = _companions.Have(Here, "1");
        var second = _companions.Have(Here, "2");
        _companions.Offered(second);
        Assert.Empty(_taken);

        _companions.Offered(first);
        Assert.Equal(["a1", "b2"], _taken);
    }

    [Fact]
    public void WhatTurnsOutToBeAnothersHoldsNobodyUp()
    {
        Want("a", Here);
        var first = _companions.Have(Here, "1");
        _companions.Offered(_companions.Have(Here, "2"));
        Assert.Empty(_taken);

        Assert.True(_companions.TryWithdraw(first));
        Assert.Equal(["a2"], _taken);
        Assert.Equal(0, _companions.Count);
    }

    private Companions<string>.Offer Have(IPAddress address, string connection)
    {
        var offer = _companions.Have(address, connection);
        _companions.Offered(offer);
        return offer;
    }

    private Companions<string>.Wanted Want(string viewer, IPAddress address) => _companions.Want(address, connection => _taken.Add(viewer + connection));
}
