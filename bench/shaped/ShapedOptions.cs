namespace KnSock.Shaped;

/// <summary>What is measured.</summary>
public sealed record ShapedOptions
{
    /// <summary>The program and its first arguments, to which verbs of <c>knsock</c> are added.</summary>
    public required IReadOnlyList<string> KnSock { get; init; }

    /// <summary>Folder with traces.</summary>
    public required string TracesFolder { get; init; }

    /// <summary>Names of those that are run, without their ending. Empty: the first of each kind of network.</summary>
    public IReadOnlyList<string> Traces { get; init; } = [];

    /// <summary>How much of each trace is run.</summary>
    public TimeSpan Duration { get; init; } = TimeSpan.FromSeconds(180);

    /// <summary>Length of the video, which is looped. A short one is encoded sooner.</summary>
    public TimeSpan Loop { get; init; } = TimeSpan.FromSeconds(40);

    /// <summary>Whether viewers are sent ahead.</summary>
    public bool ReadsAhead { get; init; } = true;

    /// <summary>Whether viewers are at the live edge.</summary>
    public bool IsLive { get; init; } = true;

    /// <summary>How far ahead they are sent.</summary>
    public TimeSpan ReadAhead { get; init; } = TimeSpan.FromSeconds(8);

    /// <summary>How far behind the live edge they are.</summary>
    public TimeSpan LiveDelay { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Time there and back without a queue.</summary>
    public TimeSpan RoundTrip { get; init; } = TimeSpan.FromMilliseconds(40);

    /// <summary>The server's congestion control, as the kernel names it. What the simulator has, unless named.</summary>
    public string Congestion { get; init; } = "cubic";

    /// <summary>hls.js, one file, which is played beside ours. Null: it is not.</summary>
    public string? HlsJsPath { get; init; }

    /// <summary>How many runs are made at a time.</summary>
    public int AtATime { get; init; } = 1;

    /// <summary>Where the logs and decisions of each run are kept. Null: nowhere.</summary>
    public string? LogFolder { get; init; }
}
