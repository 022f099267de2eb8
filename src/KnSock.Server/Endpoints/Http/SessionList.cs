using System.Text.Json.Serialization;
using KnSock.Server.Sessions;

namespace KnSock.Server.Endpoints.Http;

/// <summary>Viewer sessions as the API tells of them.</summary>
/// <param name="Count">How many there are.</param>
/// <param name="Sessions">Those that came last.</param>
internal sealed record SessionList(int Count, IReadOnlyList<SessionFigures> Sessions);

/// <summary>How they are written.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(SessionList))]
internal sealed partial class ApiContext : JsonSerializerContext;
