using KnSock.Media.Aac;

namespace KnSock.Media.Tests.Aac;

public class AudioSpecificConfigTests
{
    [Theory]
    [InlineData("1190", 2, 48_000, 2)]
    [InlineData("1210", 2, 44_100, 2)]
    [InlineData("1208", 2, 44_100, 1)]
    [InlineData("11B8", 2, 48_000, 8)]
    [InlineData("119056E500", 2, 48_000, 2)]
    [InlineData("17805DC010", 2, 48_000, 2)] // the rate written out
    [InlineData("F94640", 42, 48_000, 2)] // the escape for object types from 32
    public void Type_rate_and_channels_are_read(string hex, int objectType, int sampleRate, int channels)
    {
        var config = AudioSpecificConfig.Read(Convert.FromHexString(hex));
        Assert.Equal((objectType, sampleRate, channels), (config.ObjectType, config.SampleRate, config.Channels));
        Assert.Equal($"mp4a.40.{objectType}", config.Codec);
    }

    [Theory]
    [InlineData("")]
    [InlineData("11")]
    [InlineData("1180")] // channels in a program_config_element
    [InlineData("1690")] // a reserved rate
    [InlineData("0190")] // no object type
    [InlineData("178000")]
    public void What_is_reserved_or_cut_off_is_refused(string hex)
    {
        Assert.Throws<MediaFormatException>(() => AudioSpecificConfig.Read(Convert.FromHexString(hex)));
    }
}
