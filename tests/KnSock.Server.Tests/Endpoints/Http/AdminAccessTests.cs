using System.Net;
using KnSock.Server.Endpoints.Http;
using Microsoft.AspNetCore.Http;

namespace KnSock.Server.Tests.Endpoints.Http;

public sealed class AdminAccessTests
{
    [Theory]
    [InlineData("127.0.0.1", "localhost:8080", null, null, true)]
    [InlineData("::1", "[::1]:8080", null, null, true)]
    [InlineData("::ffff:127.0.0.1", "127.0.0.1", null, null, true)]
    [InlineData("127.0.0.1", "localhost:8080", "Origin", "http://localhost:8080", true)]
    [InlineData("192.0.2.7", "localhost:8080", null, null, false)]
    [InlineData("127.0.0.1", "evil.example", null, null, false)]
    [InlineData("127.0.0.1", "localhost.evil.example", null, null, false)]
    [InlineData("127.0.0.1", "localhost:8080", "X-Forwarded-For", "192.0.2.7", false)]
    [InlineData("127.0.0.1", "localhost:8080", "Forwarded", "for=192.0.2.7", false)]
    [InlineData("127.0.0.1", "localhost:8080", "Via", "1.1 proxy", false)]
    [InlineData("127.0.0.1", "localhost:8080", "Origin", "http://evil.example", false)]
    [InlineData("127.0.0.1", "localhost:8080", "Origin", "http://localhost:9090", false)]
    [InlineData("127.0.0.1", "localhost:8080", "Origin", "null", false)]
    public void WhoShowsNoTokenMayOnTheMachineItself(string address, string host, string? header, string? value, bool isAllowed)
    {
        foreach (var token in (string?[])[null, "secret-1"])
        {
            var options = new KnSockHttpOptions { AdminToken = token };
            Assert.Equal(isAllowed, new AdminAccess(options).Allows(Request(address, host, (header, value))));
            Assert.False(new AdminAccess(options).Allows(Request(address, host, (header, value), ("Authorization", "Bearer x"))));
            Assert.False(new AdminAccess(options with { IsTokenAlwaysNeeded = true }).Allows(Request(address, host, (header, value))));
        }

        var old = Request(address, host, (header, value));
        old.Request.Protocol = HttpProtocol.Http10;
        Assert.False(new AdminAccess(new KnSockHttpOptions()).Allows(old));
    }

    [Theory]
    [InlineData("Bearer secret-1", true)]
    [InlineData("bearer  secret-1 ", true)]
    [InlineData("Bearer secret-2", false)]
    [InlineData("Bearer secret-1x", false)]
    [InlineData("Bearer ", false)]
    [InlineData("Basic secret-1", false)]
    [InlineData("secret-1", false)]
    public void WithATokenWhoeverShowsItMay(string authorization, bool isAllowed)
    {
        var access = new AdminAccess(new KnSockHttpOptions { AdminToken = "secret-1" });
        Assert.Equal(isAllowed, access.Allows(Request("192.0.2.7", "live.example", ("Authorization", authorization))));
        Assert.Equal(isAllowed, access.Allows(Request("127.0.0.1", "localhost", ("Authorization", authorization))));
        Assert.False(access.Allows(Request("192.0.2.7", "live.example", ("Authorization", authorization), ("Origin", "https://evil.example"))));
    }

    private static DefaultHttpContext Request(string address, string host, params (string? Name, string? Value)[] headers)
    {
        var context = new DefaultHttpContext();
        context.Request.Protocol = HttpProtocol.Http11;
        context.Connection.RemoteIpAddress = IPAddress.Parse(address);
        context.Request.Host = new HostString(host);
        foreach (var (name, value) in headers)
        {
            if (name is not null)
            {
                context.Request.Headers[name] = value;
            }
        }

        return context;
    }
}
