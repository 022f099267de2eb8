using KnSock.Server.Sources;

namespace KnSock.Server.Tests.Sources;

public sealed class PacketLinesTests
{
    [Fact]
    public void LinesOfOnePacketAreBroughtTogether()
    {
        var (packets, refusal) = Read(
            "#software: Lavf59.27.100", "#tb 0: 1/1000", "#tb 1: 1/25",
            "0,  -80,   40, 40, 4098, 0x5e4b91ca", "1,  -80,   40, 40, 3000, 0x00000001",
            "0,  -40,  160, 40,  700, 0x5e4b91ca, F=0x0",
            "0,    0,  120, 40,  600, 0x5e4b91ca");

        Assert.Null(refusal);
        Assert.Equal(
            [new SourcePacket(0.04, 4098, true, true), new SourcePacket(0.16, 700, false, false), new SourcePacket(0.12, 600, true, false)], packets);
    }

    [Theory]
    [InlineData("no times", "0, 0, NOPTS, 1, 10, 0x0")]
    [InlineData("no times", "what?")]
    [InlineData("edit list", "0, 0, 0, 1, 10, 0x0, F=0x5")]
    [InlineData("damaged", "0, 0, 0, 1, 10, 0x0, F=0x2")]
    [InlineData("set-up changes", "0, 0, 0, 1, 10, 0x0", "0, 1, 1, 1, 10, 0x0, S=1, 40, 0x0")]
    [InlineData("told apart", "0, 0, 0, 1, 10, 0x0", "1, 5, 5, 1, 10, 0x0")]
    [InlineData("told apart", "1, 5, 5, 1, 10, 0x0")]
    [InlineData("set-up changes", "0, 0, 0, 1, 9, 0x0", "2, 0, 0, 1, 4, 0x1", "0, 1, 1, 1, 9, 0x0", "2, 1, 1, 1, 4, 0x2")]
    public void WhatCannotBePassedThroughIsNamed(string expected, params string[] lines) =>
        Assert.Contains(expected, Read(["#tb 0: 1/25", .. lines]).Refusal, StringComparison.Ordinal);

    [Fact]
    public void DataBesideTheFirstPacketIsThatOfTheWhole() => Assert.Null(Read("#tb 0: 1/25", "0, 0, 0, 1, 10, 0x0, S=1, 40, 0x0").Refusal);

    [Fact]
    public void RepeatedParameterSetsAreFine() => Assert.Null(Read(
        "#tb 0: 1/25", "0, 0, 0, 1, 9, 0x0", "2, 0, 0, 1, 4, 0x1", "0, 1, 1, 1, 9, 0x0", "2, 1, 1, 1, 4, 0x1").Refusal);

    private static (List<SourcePacket> Packets, string? Refusal) Read(params string[] lines)
    {
        var reader = new PacketLines();
        var packets = lines.Select(reader.Read).ToList();
        return ([.. packets.Append(reader.End()).OfType<SourcePacket>()], reader.Refusal);
    }
}
