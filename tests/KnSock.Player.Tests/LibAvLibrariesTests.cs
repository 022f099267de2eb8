using KnSock.Player.Interop.LibAv;

namespace KnSock.Player.Tests;

public sealed class LibAvLibrariesTests
{
    [Fact]
    public void Libraries_are_looked_for_under_the_names_of_their_major_version()
    {
        var names = LibAvLibraries.FileNames("avcodec", 61).ToList();
        Assert.NotEmpty(names);
        Assert.All(names, name => Assert.Contains("61", name, StringComparison.Ordinal));
        if (OperatingSystem.IsLinux())
        {
            Assert.Equal(["libavcodec.so.61"], names);
        }
    }

    [Fact]
    public void The_installed_pair_belongs_together_and_is_laid_out_as_expected()
    {
        LibAvLibraries.Require();
        var codec = LibAvImports.CodecVersion() >> 16;
        var util = LibAvImports.UtilVersion() >> 16;
        Assert.InRange(codec, (uint)LibAvLibraries.OldestCodec, (uint)LibAvLibraries.NewestCodec);
        Assert.Equal(codec, util + 2);
        if (codec <= 62)
        {
            Assert.NotNull(LibAvLayout.Require().FrameErrors);
        }
    }

    [Fact]
    public void A_structure_cannot_be_used_after_it_was_freed()
    {
        LibAvLibraries.Require();
        var packet = LibAvImports.AllocatePacket();
        packet.Fill([1, 2, 3], 4, 5);
        Assert.Equal((3, 4, 5), (packet.Size, packet.Pts, packet.Dts));
        packet.Dispose();
        Assert.Throws<ObjectDisposedException>(() => packet.Pts);
        Assert.Throws<ObjectDisposedException>(() => packet.Fill([1], 0, 0));
    }
}
