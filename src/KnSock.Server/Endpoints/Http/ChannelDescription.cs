using System.Globalization;
using System.Text.Json.Nodes;
using KnSock.Protocol.Messages;
using KnSock.Server.Channels;

namespace KnSock.Server.Endpoints.Http;

/// <summary>A channel as the API tells of it: what the catalog says, and besides who watches it now and where its picture and its HLS are.</summary>
internal static class ChannelDescription
{
    /// <summary>Describes a channel.</summary>
    public static JsonObject Of(Channel channel)
    {
        var described = MessageJson.ToNode(channel.Info);
        described["viewers"] = channel.Viewers;
        described["poster"] = string.Create(CultureInfo.InvariantCulture, $"api/channels/{channel.Index}/poster.jpg");
        described["hls"] = string.Create(CultureInfo.InvariantCulture, $"hls/{channel.Index}/index.m3u8");
        return described;
    }
}
