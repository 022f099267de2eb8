namespace KnSock.Server;

/// <summary>What a <see cref="LiveStreamServer"/> serves, where, and within which limits.</summary>
public sealed partial record LiveStreamServerOptions
{
    /// <summary>Files to serve, one channel each, in the order of the catalog. At least one, unless there is a <see cref="MediaFolder"/>.</summary>
    public required IReadOnlyList<string> VideoPaths { get; init; }

    /// <summary>
    /// Folder from whose files administrators may make channels over HTTP while the server runs; they may then rename and remove channels, too, also those of <see cref="VideoPaths"/>. Only files that lie
    /// in the folder itself are meant. Nothing of it is served by itself, and what was changed lasts until the server ends. Null: the channels stay as they are.
    /// </summary>
    public string? MediaFolder { get; init; }

    /// <summary>Address to listen on; <c>0.0.0.0</c> is every IPv4 address of the machine, <c>::</c> every address.</summary>
    public string Host { get; init; } = "0.0.0.0";

    /// <summary>Port of the picture, to which clients connect first. 0 takes a free one.</summary>
    public int VideoPort { get; init; } = 8000;

    /// <summary>Port of the sound. 0 takes a free one.</summary>
    public int AudioPort { get; init; } = 8001;

    /// <summary>Port of the control connection. Null: <see cref="VideoPort"/> + 10. 0 takes a free one.</summary>
    public int? ControlPort { get; init; }

    /// <summary>Which renditions are made of a source.</summary>
    public LadderOptions Ladder { get; init; } = new();

    /// <summary>Distance between keyframes. Shorter switches rungs sooner and joins nearer to the live edge, and costs picture quality.</summary>
    public TimeSpan GopLength { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The most that is sent ahead of a viewer's playout. More rides out longer gaps and costs the viewer memory.</summary>
    public TimeSpan MaxBuffer { get; init; } = TimeSpan.FromSeconds(8);

    /// <summary>
    /// Media that a viewer whose buffer is full is sent in one go, at most an eighth of its buffer. Larger batches cost the server less: it pays for each call, hardly for
    /// bytes. A viewer whose buffer is not full is sent all that its link takes, and one at the live edge each picture when its time comes.
    /// </summary>
    public TimeSpan LargestBatch { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Most threads that send; the next one is used when those before are half busy. Null: one per core.</summary>
    public int? SenderLoops { get; init; }

    /// <summary>Encoded media kept in memory, bytes. What does not fit is read from the store, or encoded again where there is none.</summary>
    public long MediaMemory { get; init; } = 512L * 1024 * 1024;

    /// <summary>Where encoded media is kept on disk, so that no loop is encoded twice.</summary>
    public StoreOptions Store { get; init; } = new();

    /// <summary>What encoding may cost the machine.</summary>
    public EncodingBudget Encoding { get; init; } = new();

    /// <summary>Most viewer sessions at a time; further ones are refused.</summary>
    public int MaxSessions { get; init; } = 10_000;

    /// <summary>
    /// The most that is sent to all viewers together, bit/s, headers of packets included. It is divided among them: nobody is sent a higher rung than there is room for, and what one cannot make
    /// use of the others have. Buffers are filled more slowly. Nobody is refused: if there is too little for the lowest rung of all, all have that. It goes by the rungs' mean rates: for some seconds, where
    /// media is above its mean or many come at once, more may be sent. Null: no limit.
    /// </summary>
    public long? MaxUplink { get; init; }

    /// <summary>A connection that has not said who it is after this time is closed.</summary>
    public TimeSpan HandshakeTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Whether clients of kn-sock itself are served, too, with JPEG pictures and sound as samples. Such a viewer needs about ten times the rate of another, and an encoder for each rung that
    /// such viewers watch; without them it costs nothing. They have neither tokens nor TLS, so where the server asks for one of these they are not served. Default: true.
    /// </summary>
    public bool AcceptsLegacyClients { get; init; } = true;

    /// <summary>A viewer to whom nothing could be sent for this time, although something was to be sent, is let go.</summary>
    public TimeSpan NoProgressTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>File to which every decision on a rendition is appended as a JSON line. Null: none.</summary>
    public string? DecisionLogPath { get; init; }

    /// <summary>Where time comes from.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    internal int EffectiveControlPort => ControlPort ?? (VideoPort == 0 ? 0 : VideoPort + 10);

    /// <summary>Holds every option against its range.</summary>
    /// <exception cref="ArgumentException">An option is out of range; the message names it.</exception>
    internal void Validate()
    {
        Require(VideoPaths.Count > 0 || MediaFolder is not null, nameof(VideoPaths), "names no video; name at least one");
        Require(MediaFolder is null || Directory.Exists(MediaFolder), nameof(MediaFolder), $"{MediaFolder} is no folder; name one that is there");
        Require(Host.Length > 0, nameof(Host), "is empty; use 0.0.0.0 for every address of the machine");
        RequirePort(VideoPort, nameof(VideoPort));
        RequirePort(AudioPort, nameof(AudioPort));
        RequirePort(EffectiveControlPort, nameof(ControlPort));
        var ports = new[] { VideoPort, AudioPort, EffectiveControlPort }.Where(p => p != 0).ToArray();
        Require(ports.Distinct().Count() == ports.Length, nameof(ControlPort), $"{EffectiveControlPort}, {nameof(VideoPort)} {VideoPort} and {nameof(AudioPort)} {AudioPort} must differ");
        Require(Ladder.Heights.Count > 0 && Ladder.Heights.All(h => h is >= 64 and <= 4320), nameof(LadderOptions.Heights), "must each lie between 64 and 4320");
        Require(Ladder.MaxFrameRate is >= 10 and <= 240, nameof(LadderOptions.MaxFrameRate), "must lie between 10 and 240");
        Require(Ladder.AudioBitsPerSecond is >= 16_000 and <= 512_000, nameof(LadderOptions.AudioBitsPerSecond), "must lie between 16,000 and 512,000");
        Require(
            Ladder.LowAudioBitsPerSecond is null or (>= 16_000 and <= 512_000), nameof(LadderOptions.LowAudioBitsPerSecond), "must lie between 16,000 and 512,000, or be null");
        Require(GopLength >= TimeSpan.FromMilliseconds(200) && GopLength <= TimeSpan.FromSeconds(10), nameof(GopLength), "must lie between 0.2 and 10 s");
        Require(MaxBuffer >= TimeSpan.FromMilliseconds(500) && MaxBuffer <= TimeSpan.FromMinutes(2), nameof(MaxBuffer), "must lie between 0.5 s and 2 min");
        Require(LargestBatch >= TimeSpan.Zero && LargestBatch <= TimeSpan.FromSeconds(10), nameof(LargestBatch), "must lie between 0 and 10 s");
        Require(SenderLoops is null or (>= 1 and <= 256), nameof(SenderLoops), "must lie between 1 and 256");
        Require(MediaMemory >= 16 * 1024 * 1024, nameof(MediaMemory), "must be at least 16 MiB");
        Store.Validate();
        Require(MaxSessions > 0, nameof(MaxSessions), "must be at least 1");
        Require(MaxUplink is null or >= 100_000, nameof(MaxUplink), "must be at least 100,000 bit/s");
        Require(Encoding.MaxProcesses >= 2, nameof(EncodingBudget.MaxProcesses), "must be at least 2, one for the picture and one for the sound");
        Require(Encoding.FillCpuShare is > 0 and <= 1, nameof(EncodingBudget.FillCpuShare), "must lie above 0 and not above 1, the whole machine");
        Require(Encoding.FillNiceness is >= 0 and <= 19, nameof(EncodingBudget.FillNiceness), "must lie between 0 and 19");
        Require(Enum.IsDefined(Encoding.Fill), nameof(EncodingBudget.Fill), "is not one of the values there are");
        Require(Encoding.Grace >= TimeSpan.Zero, nameof(EncodingBudget.Grace), "must not be negative");
        Require(DecisionLogPath is not "", nameof(DecisionLogPath), "is empty; name a file, or nothing for no log");
        Require(HandshakeTimeout > TimeSpan.Zero, nameof(HandshakeTimeout), "must be positive");
        Require(NoProgressTimeout >= TimeSpan.FromSeconds(1), nameof(NoProgressTimeout), "must be at least 1 s");
        ValidateAccess();
    }

    private static void RequirePort(int port, string option) => Require(port is >= 0 and <= 65535, option, $"{port} is not a port; ports go from 1 to 65535");

    private static void Require(bool condition, string option, string message)
    {
        if (!condition)
        {
            throw new ArgumentException($"{option} {message}", option);
        }
    }
}
