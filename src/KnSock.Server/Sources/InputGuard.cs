namespace KnSock.Server.Sources;

/// <summary>What keeps a hostile file from making ffmpeg read anything but that file (CVE-2016-1897, CVE-2017-9993).</summary>
internal static class InputGuard
{
    /// <summary>Containers that hold their media themselves: no playlists, no concatenation scripts, no image sequences.</summary>
    private const string Formats =
        "mov,matroska,webm,mpegts,mpeg,mpegvideo,avi,flv,live_flv,ogg,asf,mxf,nut,rm,h264,hevc,m4v,obu,ivf,dv,gxf,wtv,swf,amv,gif,apng,y4m,yuv4mpegpipe";

    /// <summary>Options to stand before the input.</summary>
    public static IReadOnlyList<string> Options { get; } = ["-protocol_whitelist", "file", "-format_whitelist", Formats];

    /// <summary>The path as a URL that cannot be taken for an option or for another protocol.</summary>
    public static string Url(string fullPath) => "file:" + fullPath;
}
