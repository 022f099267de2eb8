using KnSock.Media;
using KnSock.Server.Sources;

namespace KnSock.Server.Tests.Sources;

public sealed class SourceFrameRateTests
{
    [Theory]
    [InlineData("30/1", "30/1", "30")]
    [InlineData("30000/1001", "30000/1001", "30000/1001")]
    [InlineData("24000/1001", "479/20", "24000/1001")] // the average of a container that counts milliseconds
    [InlineData("50/1", "25/1", "25")] // fields, not frames
    [InlineData("30/1", "20/1", "30")] // no frame is lost
    [InlineData("1000/1", "2997/100", "30")]
    [InlineData("90000/1", "7/1", "15")]
    [InlineData("30/1", "18/1", "30")]
    [InlineData("120/1", "95/1", "60")]
    [InlineData("120/1", "120/1", "120")]
    [InlineData(null, "24000/1001", "24")]
    [InlineData("30/1", null, "30")]
    [InlineData(null, null, "25")]
    [InlineData("90000/1", "90000/1", "25")]
    [InlineData("1/10", "1/10", "25")]
    public void ConstantRatesAreKeptAndVariableOnesBroughtToTheirClockOrACommonOne(string? lowest, string? average, string expected) =>
        Assert.Equal(expected, SourceFrameRate.Choose(Parse(lowest), Parse(average)).ToString());

    [Theory]
    [InlineData("60/1", 60, "60")]
    [InlineData("60/1", 30, "30")]
    [InlineData("120/1", 30, "30")]
    [InlineData("60000/1001", 30, "30000/1001")]
    [InlineData("75/1", 60, "75/2")]
    [InlineData("60/1", 59, "30")]
    [InlineData("240/1", 10, "15/2")]
    public void FastSourcesAreHalved(string rate, int max, string expected) => Assert.Equal(expected, SourceFrameRate.Cap(Parse(rate)!.Value, max).ToString());

    private static FrameRate? Parse(string? text) => text?.Split('/') is [var n, var d] ? new FrameRate(int.Parse(n), int.Parse(d)) : null;
}
