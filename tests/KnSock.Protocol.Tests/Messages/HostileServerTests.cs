using System.Text;
using KnSock.Protocol.Messages;

namespace KnSock.Protocol.Tests.Messages;

/// <summary>What a server says that no server would: a client must not take it for something it can reckon with.</summary>
public class HostileServerTests
{
    [Theory]
    [InlineData("0", "30")]
    [InlineData("1e-9", "30")]
    [InlineData("-1", "30")]
    [InlineData("1e300", "30")]
    [InlineData("10", "0")]
    [InlineData("10", "-25")]
    [InlineData("10", "1e300")]
    [InlineData("10", "30", "-1")]
    public void A_catalog_of_impossible_channels_is_malformed(string seconds, string rate, string index = "0")
    {
        Assert.NotNull(MessageJson.ReadControl(Catalog("10", "30", "0")));
        Assert.Throws<ProtocolException>(() => MessageJson.ReadControl(Catalog(seconds, rate, index)));
    }

    [Theory]
    [InlineData("""{"a":"\ud800"}""")]
    [InlineData("""{"a":[{"\udc00":1}]}""")]
    public void A_record_with_half_a_character_in_it_is_malformed(string record)
    {
        var line = Encoding.UTF8.GetBytes($$"""{"type":"decision","ageSeconds":1,"record":{{record}}}""");
        Assert.Throws<ProtocolException>(() => MessageJson.ReadControl(line));
    }

    private static byte[] Catalog(string seconds, string rate, string index) => Encoding.UTF8.GetBytes(
        $$"""{"type":"catalog","channels":[{"index":{{index}},"name":"a","title":"a","durationSeconds":{{seconds}},"width":2,"height":2,"frameRate":{{rate}},"hasAudio":true,"renditions":[]}]}""");
}
