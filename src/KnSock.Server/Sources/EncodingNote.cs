using System.Globalization;

namespace KnSock.Server.Sources;

/// <summary>Says to people whether a source is passed through, and why.</summary>
internal static class EncodingNote
{
    /// <summary>The sentence; null if that was not looked into.</summary>
    public static string? For(MediaSource source) => source switch
    {
        { Passthrough: { } found } => string.Create(
            CultureInfo.InvariantCulture, $"the top rung is the source itself: H.264 with keyframes at most {found.LongestGop.TotalSeconds:0.0} s apart"),
        { PassthroughRefusal: { } refusal } => $"all rungs are encoded: {refusal}",
        _ => null,
    };
}
