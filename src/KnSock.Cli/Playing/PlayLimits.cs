namespace KnSock.Cli.Playing;

/// <summary>When a playback ends by itself.</summary>
internal sealed record PlayLimits
{
    /// <summary>For how long to play, from the first picture on. Null: until it is ended.</summary>
    public TimeSpan? Duration { get; init; }

    /// <summary>For how long to wait for the first picture. An encoder that starts from nothing needs a second or two.</summary>
    public TimeSpan FirstPicture { get; init; } = TimeSpan.FromSeconds(20);
}
