namespace KnSock.Testing.Processes;

/// <summary>How a <c>knsock</c> command is started.</summary>
public sealed record KnSockProcessOptions
{
    /// <summary>What stands before the command, such as <c>ip netns exec NAME</c>.</summary>
    public IReadOnlyList<string> Prefix { get; init; } = [];

    /// <summary>Variables that are added to the environment.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Another program in place of <c>knsock</c>. Null: <c>knsock</c>.</summary>
    public string? Program { get; init; }
}
