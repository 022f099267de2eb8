using KnSock.Media.H264;

namespace KnSock.Media.Tests.H264;

public class NalUnitsTests
{
    [Theory]
    [InlineData("", 4, false)]
    [InlineData("00000001" + "65", 4, true)]
    [InlineData("00000001" + "65" + "00000002" + "4100", 4, true)]
    [InlineData("00000002" + "65", 4, false)]
    [InlineData("00000000", 4, false)]
    [InlineData("000000", 4, false)]
    [InlineData("00000001" + "65" + "00", 4, false)]
    [InlineData("FFFFFFFF" + "65", 4, false)]
    [InlineData("80000001" + "65", 4, false)]
    [InlineData("00000001" + "E5", 4, false)]
    [InlineData("0001" + "65", 2, true)]
    [InlineData("01" + "65" + "0241FF", 1, true)]
    [InlineData("FF" + "65", 1, false)]
    public void A_sample_is_valid_when_it_is_made_of_whole_units(string hex, int lengthSize, bool isValid)
    {
        Assert.Equal(isValid, NalUnits.IsValid(Convert.FromHexString(hex), lengthSize));
    }

    [Fact]
    public void Units_come_in_order_and_damage_throws()
    {
        Assert.Equal(["65AA", "41"], Units("00000002" + "65AA" + "00000001" + "41"));
        Assert.Throws<MediaFormatException>(() => Units("00000002" + "65AA" + "00000002" + "41"));
    }

    private static List<string> Units(string hex)
    {
        var units = new List<string>();
        foreach (var unit in new NalUnits(Convert.FromHexString(hex), 4))
        {
            units.Add(Convert.ToHexString(unit));
        }

        return units;
    }
}
