using KnSock.Cli.Arguments;

namespace KnSock.Cli.Tests;

public sealed class EndpointTests
{
    [Theory]
    [InlineData("127.0.0.1", "127.0.0.1", 8000)]
    [InlineData("127.0.0.1:9000", "127.0.0.1", 9000)]
    [InlineData("media.example.org:1", "media.example.org", 1)]
    [InlineData("localhost", "localhost", 8000)]
    [InlineData("my_host-2:65535", "my_host-2", 65535)]
    [InlineData("[::1]:9000", "::1", 9000)]
    [InlineData("[::1]", "::1", 8000)]
    [InlineData("::1", "::1", 8000)]
    [InlineData("fe80::1%eth0", "fe80::1%eth0", 8000)]
    [InlineData("2001:db8::7:9000", "2001:db8::7:9000", 8000)]
    public void Reads_what_people_type(string text, string host, int port)
    {
        Assert.True(Endpoint.TryParse(text, out var endpoint, out _));
        Assert.Equal(new Endpoint(host, port), endpoint);
    }

    [Theory]
    [InlineData("")]
    [InlineData(":9000")]
    [InlineData("host:")]
    [InlineData("host:0")]
    [InlineData("host:65536")]
    [InlineData("host:+80")]
    [InlineData("host: 80")]
    [InlineData("host:99999999999999999999")]
    [InlineData("http://host")]
    [InlineData("host/path")]
    [InlineData("host name")]
    [InlineData("[::1")]
    [InlineData("[::1]9000")]
    [InlineData("[::1]:")]
    [InlineData("[]:9000")]
    [InlineData("[host]:9000")]
    [InlineData("1:2:3")]
    [InlineData("--headles")]
    public void Says_what_is_wrong_with_anything_else(string text)
    {
        Assert.False(Endpoint.TryParse(text, out var endpoint, out var error));
        Assert.Null(endpoint);
        Assert.NotEmpty(error);
        Assert.DoesNotContain('\n', error);
    }

    [Fact]
    public void Writes_an_address_so_that_it_can_be_read_again()
    {
        foreach (var endpoint in new[] { new Endpoint("::1", 9000), new Endpoint("host", 1), new Endpoint("10.0.0.1", 65535) })
        {
            Assert.True(Endpoint.TryParse(endpoint.ToString(), out var again, out _));
            Assert.Equal(endpoint, again);
        }
    }
}
