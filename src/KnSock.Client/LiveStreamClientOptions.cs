namespace KnSock.Client;

/// <summary>How a <see cref="LiveStreamClient"/> connects and plays.</summary>
public sealed partial record LiveStreamClientOptions
{
    /// <summary>Positions on the wire end at 10^9 s; this leaves years to play from the latest start on.</summary>
    internal static readonly TimeSpan LatestStart = TimeSpan.FromDays(10_000);

    /// <summary>What a server sends ahead at the least on a timeline of the viewer's own.</summary>
    private static readonly TimeSpan LeastReadAhead = TimeSpan.FromSeconds(0.5);

    /// <summary>Host name or address of the server.</summary>
    public string Host { get; init; } = "127.0.0.1";

    /// <summary>Port of the picture, to which the client connects first.</summary>
    public int VideoPort { get; init; } = 8000;

    /// <summary>
    /// Port of the sound; with it the sound gets a connection of its own. Null: the one that the server announces, 8001 on a server with default
    /// options, where <see cref="SeparateAudio"/> or the server asks for one.
    /// </summary>
    public int? AudioPort { get; init; }

    /// <summary>Port of the control connection. Null: the one that the server announces, <see cref="VideoPort"/> + 10 by default.</summary>
    public int? ControlPort { get; init; }

    /// <summary>
    /// Whether the sound gets a connection of its own although the server can send it with the picture (false). Then a lost packet of the picture never
    /// holds up the sound, and the viewer costs the server about twice as many sends.
    /// </summary>
    public bool SeparateAudio { get; init; }

    /// <summary>
    /// Whether the server is taken for one of the original kn-sock whatever it says (false): JPEG pictures and uncompressed sound, at whatever quality it sends, and nothing about
    /// rungs, read-ahead or positions. Without it such a server is known by its greeting.
    /// </summary>
    public bool Legacy { get; init; }

    /// <summary>Picture that must lie ready before playout starts, milliseconds. More rides out longer gaps and joins later.</summary>
    public int VideoBufferMs { get; init; } = 200;

    /// <summary>Sound that must lie ready before playout starts, milliseconds.</summary>
    public int AudioBufferMs { get; init; } = 200;

    /// <summary>
    /// How high the target delay may become that is learned from how late picture and sound come, 1.5 s by default. Less keeps a viewer at the live edge nearer to it on
    /// a bad network, and lets it stall more often. It does not lower <see cref="VideoBufferMs"/> and <see cref="AudioBufferMs"/>.
    /// </summary>
    public TimeSpan MaxTargetDelay { get; init; } = TimeSpan.FromSeconds(1.5);

    /// <summary>Highest rate at which pictures are presented, frames a second. Faster channels are decoded whole and shown at this rate.</summary>
    public double VideoFps { get; init; } = 30;

    /// <summary>
    /// The most lines that a picture may have, so that 480 stands for no rung above 480p; of an upright picture it is the columns. Less costs less of the network and of the
    /// machine; the lowest rung is played all the same. Null: any. <see cref="LiveStreamClient.Limit"/> changes it while playing.
    /// </summary>
    public int? MaxHeight { get; init; }

    /// <summary>
    /// The highest rate of a rung, picture and sound together, bit/s, as the catalog has it; the lowest rung is played all the same. Null: any.
    /// <see cref="LiveStreamClient.Limit"/> changes it while playing.
    /// </summary>
    public int? MaxBitrate { get; init; }

    /// <summary>
    /// How far ahead of playout the server may send a channel whose future is known. More rides out longer gaps and costs memory
    /// (8 s of 5 Mbit/s are 5 MB). Zero: no read-ahead; at the live edge the server sends each picture when its time has come, the latency is the target delay,
    /// which is <see cref="VideoBufferMs"/> and <see cref="AudioBufferMs"/> and on a bad network up to <see cref="MaxTargetDelay"/>, and nothing else rides out gaps. On a timeline of one's own zero means the least there is, 0.5 s.
    /// </summary>
    public TimeSpan MaxBuffer { get; init; } = TimeSpan.FromSeconds(8);

    /// <summary>For how long one attempt to connect may take.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>For how long a lost connection is tried to be had again before playing ends with an error; zero = not at all.</summary>
    public TimeSpan ReconnectTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Start at the beginning of the channel, on a timeline of one's own on which one can seek, instead of at the live edge.</summary>
    public bool FromBeginning { get; init; }

    /// <summary>
    /// Start at this position of the channel, on a timeline of one's own; channels selected later start at their beginning. Beyond the channel's
    /// duration lies the next turn of its loop. Null: as <see cref="FromBeginning"/> says.
    /// </summary>
    public TimeSpan? StartAt { get; init; }

    /// <summary>Where time comes from.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>Throws unless every option is within its range.</summary>
    /// <exception cref="ArgumentException">One is not; the message names it.</exception>
    internal void Validate()
    {
        Require(!string.IsNullOrWhiteSpace(Host), nameof(Host), "must name a host");
        Require(IsPort(VideoPort), nameof(VideoPort), "must be a port from 1 to 65535");
        Require(AudioPort is null || IsPort(AudioPort.Value), nameof(AudioPort), "must be a port from 1 to 65535");
        Require(ControlPort is null || IsPort(ControlPort.Value), nameof(ControlPort), "must be a port from 1 to 65535");
        Require(VideoBufferMs is >= 0 and <= 60_000, nameof(VideoBufferMs), "must be 0 to 60000 milliseconds");
        Require(AudioBufferMs is >= 0 and <= 60_000, nameof(AudioBufferMs), "must be 0 to 60000 milliseconds");
        Require(MaxTargetDelay >= TimeSpan.Zero && MaxTargetDelay <= TimeSpan.FromMinutes(1), nameof(MaxTargetDelay), "must be 0 to 60 seconds");
        Require(VideoFps is >= 1 and <= 1000, nameof(VideoFps), "must be 1 to 1000 frames a second");
        Require(MaxBuffer >= TimeSpan.Zero && MaxBuffer <= TimeSpan.FromMinutes(5), nameof(MaxBuffer), "must be 0 to 5 minutes");
        Require(
            IsAtLiveEdge || ReadAhead.TotalMilliseconds >= Math.Max(VideoBufferMs, AudioBufferMs) / 0.9,
            nameof(MaxBuffer),
            $"must be a tenth longer than {nameof(VideoBufferMs)} and {nameof(AudioBufferMs)} at least, or playout would never start; zero without a timeline of one's own is the live edge");
        Require(MaxHeight is null or > 0, nameof(MaxHeight), "must be above 0 lines");
        Require(MaxBitrate is null or > 0, nameof(MaxBitrate), "must be above 0 bit/s");
        Require(ConnectTimeout > TimeSpan.Zero, nameof(ConnectTimeout), "must be longer than zero");
        Require(ReconnectTimeout >= TimeSpan.Zero, nameof(ReconnectTimeout), "must not be negative");
        Require(StartAt is null || (StartAt >= TimeSpan.Zero && StartAt <= LatestStart), nameof(StartAt), $"must be 0 to {LatestStart.TotalDays:0} days");
        ValidateAccess();
        Require(TimeProvider is not null, nameof(TimeProvider), "must not be null");
    }

    /// <summary>Whether the viewer has a timeline of its own.</summary>
    internal bool HasOwnTimeline => FromBeginning || StartAt is not null;

    /// <summary>Whether the sound is to have a connection of its own.</summary>
    internal bool WantsOwnAudioConnection => SeparateAudio || AudioPort is not null;

    /// <summary>Whether the server is to send nothing ahead of the broadcast.</summary>
    internal bool IsAtLiveEdge => MaxBuffer == TimeSpan.Zero && !HasOwnTimeline;

    /// <summary>The highest target delay there can be, learned or asked for.</summary>
    internal TimeSpan LongestTargetDelay => TimeSpan.FromMilliseconds(Math.Max(MaxTargetDelay.TotalMilliseconds, Math.Max(VideoBufferMs, AudioBufferMs)));

    /// <summary>How far ahead of playout the server sends.</summary>
    internal TimeSpan ReadAhead => MaxBuffer == TimeSpan.Zero && HasOwnTimeline ? LeastReadAhead : MaxBuffer;

    private static bool IsPort(int port) => port is >= 1 and <= 65535;

    private static void Require(bool holds, string option, string what)
    {
        if (!holds)
        {
            throw new ArgumentException($"{option} {what}", option);
        }
    }
}
