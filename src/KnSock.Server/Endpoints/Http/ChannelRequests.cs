using System.Text.Json.Serialization;

namespace KnSock.Server.Endpoints.Http;

/// <summary>What it takes to add a channel. Nothing else is taken: no paths, no settings.</summary>
/// <param name="File">Plain name of a file in the media folder.</param>
/// <param name="Name">The channel's name. Null: that of the file.</param>
/// <param name="Title">Its title. Null: the one that the file gives.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record AddChannel(string File, string? Name = null, string? Title = null);

/// <summary>What of a channel is to be otherwise; null stays.</summary>
/// <param name="Name">The name by which it is selected.</param>
/// <param name="Title">The title, for people.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record DescribeChannel(string? Name = null, string? Title = null);

/// <summary>Files of which channels can be made.</summary>
/// <param name="Files">Their names.</param>
internal sealed record MediaFiles(IReadOnlyList<string> Files);

/// <summary>How they are read and written.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(AddChannel))]
[JsonSerializable(typeof(DescribeChannel))]
[JsonSerializable(typeof(MediaFiles))]
internal sealed partial class ChannelRequests : JsonSerializerContext;
