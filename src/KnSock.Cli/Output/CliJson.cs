using System.Text.Json;
using System.Text.Json.Serialization;
using KnSock.Fanout;
using KnSock.Fanout.Growth;
using KnSock.Protocol.Messages;
using KnSock.Server.Store;
using KnSock.Shaped.Results;
using KnSock.Simulation.Replay;
using KnSock.Simulation.Reports;

namespace KnSock.Cli.Output;

/// <summary>What the command prints as JSON, each on one line of plain ASCII.</summary>
internal static class CliJson
{
    /// <summary>The figures of a playback.</summary>
    public static string Write(PlayReport report) => JsonSerializer.Serialize(report, CliJsonContext.Default.PlayReport);

    /// <summary>The catalog.</summary>
    public static string Write(IReadOnlyList<ChannelInfo> channels) =>
        JsonSerializer.Serialize(channels, CliJsonContext.Default.IReadOnlyListChannelInfo);

    /// <summary>What serving many viewers costs.</summary>
    public static string Write(FanoutReport report) => JsonSerializer.Serialize(report, CliJsonContext.Default.FanoutReport);

    /// <summary>How what serving costs grows.</summary>
    public static string Write(GrowthReport report) => JsonSerializer.Serialize(report, CliJsonContext.Default.GrowthReport);

    /// <summary>What came of simulated viewers.</summary>
    public static string Write(SimulationReport report) => JsonSerializer.Serialize(SimulationFigures.From(report), CliJsonContext.Default.SimulationFigures);

    /// <summary>What came of taking decisions again.</summary>
    public static string Write(ReplayReport report) => JsonSerializer.Serialize(report, CliJsonContext.Default.ReplayReport);

    /// <summary>An object from the network, the same but for what could do harm to a terminal, which stands as escapes.</summary>
    public static string Write(JsonElement element) => JsonSerializer.Serialize(element, CliJsonContext.Default.JsonElement);

    /// <summary>How viewers fared over shaped links.</summary>
    public static string Write(ShapedReport report) => JsonSerializer.Serialize(report, CliJsonContext.Default.ShapedReport);

    /// <summary>What a store holds.</summary>
    public static string Write(StoreListing listing) => JsonSerializer.Serialize(listing, CliJsonContext.Default.StoreListing);

    /// <summary>What became of checking a store.</summary>
    public static string Write(StoreVerification verification) => JsonSerializer.Serialize(verification, CliJsonContext.Default.StoreVerification);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(PlayReport))]
[JsonSerializable(typeof(IReadOnlyList<ChannelInfo>))]
[JsonSerializable(typeof(FanoutReport))]
[JsonSerializable(typeof(GrowthReport))]
[JsonSerializable(typeof(SimulationFigures))]
[JsonSerializable(typeof(ReplayReport))]
[JsonSerializable(typeof(JsonElement))]
[JsonSerializable(typeof(ShapedReport))]
[JsonSerializable(typeof(StoreListing))]
[JsonSerializable(typeof(StoreVerification))]
internal sealed partial class CliJsonContext : JsonSerializerContext;
