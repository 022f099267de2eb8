using KnSock.Client.Playout;
using KnSock.Media;

namespace KnSock.Client.Tests.Playout;

public class PcmSamplesTests
{
    [Fact]
    public void Samples_of_16_bits_become_those_between_minus_one_and_one()
    {
        var samples = new float[4];
        Assert.Equal(2, PcmSamples.Read(Unit([0, 0, 0xFF, 0x7F, 0, 0x80, 0, 0x40]), 2, samples));
        Assert.Equal([0, 32767 / 32768f, -1, 0.5f], samples);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(6)]
    [InlineData(20)]
    public void A_unit_that_is_not_whole_is_damaged(int bytes) =>
        Assert.Throws<DecodeException>(() => PcmSamples.Read(Unit(new byte[bytes]), 2, new float[4]));

    private static AccessUnit Unit(byte[] payload) => new()
    {
        Kind = TrackKind.Audio,
        Sequence = 0,
        Pts = default,
        Dts = default,
        Duration = TimeSpan.Zero,
        IsKeyframe = true,
        Payload = payload,
    };
}
