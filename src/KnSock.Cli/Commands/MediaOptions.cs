using System.CommandLine;
using System.Globalization;
using KnSock.Server;

namespace KnSock.Cli.Commands;

/// <summary>The options that say what is made of videos and where it is kept; a server has to be given the same as its preparation.</summary>
internal sealed class MediaOptions
{
    private static readonly LiveStreamServerOptions Defaults = new() { VideoPaths = [] };

    private readonly Option<TimeSpan?> _gop = Verb.DurationOption(
        "--gop", $"Distance between keyframes. Shorter switches rungs sooner and costs picture quality. Default: {Defaults.GopLength.TotalSeconds:0}s.");

    private readonly Option<IReadOnlyList<int>?> _heights = Verb.Valued(
        "--heights", "LIST", $"Heights of the rungs, never above the source's own. Default: {string.Join(',', Defaults.Ladder.Heights)}.", ReadHeights);

    private readonly Option<bool> _noPassthrough = new("--no-passthrough")
    {
        Description = "Encode all rungs, also of an H.264 file with keyframes at most 2 s apart, which is its own top rung otherwise.",
    };

    private readonly Option<string?> _store = Verb.StoreOption();

    private readonly Option<long?> _storeLimit = Verb.StoreLimitOption();

    /// <summary>From names in code to names on the command line.</summary>
    public static IReadOnlyDictionary<string, string> Names { get; } = new Dictionary<string, string>(Verb.StoreNames, StringComparer.Ordinal)
    {
        [nameof(LiveStreamServerOptions.GopLength)] = "--gop",
        [nameof(LadderOptions.Heights)] = "--heights",
    };

    /// <summary>The options in the order of the help text.</summary>
    public IEnumerable<Option> All => [_heights, _gop, _noPassthrough, _store, _storeLimit];

    /// <summary>The server's options with what the command line says.</summary>
    public LiveStreamServerOptions ApplyTo(LiveStreamServerOptions options, ParseResult result) => options with
    {
        Ladder = Defaults.Ladder with
        {
            Heights = result.GetValue(_heights) ?? Defaults.Ladder.Heights,
            Passthrough = !result.GetValue(_noPassthrough),
        },
        GopLength = result.GetValue(_gop) ?? Defaults.GopLength,
        Store = options.Store with { Directory = result.GetValue(_store), MaxBytes = result.GetValue(_storeLimit) },
    };

    private static (IReadOnlyList<int>? Value, string? Error) ReadHeights(string text)
    {
        var heights = new List<int>();
        foreach (var part in text.Split(',', StringSplitOptions.TrimEntries))
        {
            if (!int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var height) || height is < 2 or > 4320)
            {
                return (null, $"'{text}' is not a list of heights from 2 to 4320; write 720,480");
            }

            heights.Add(height);
        }

        return ([.. heights.Distinct().OrderDescending()], null);
    }
}
