using System.CommandLine;
using KnSock.Cli.Output;
using KnSock.Cli.Serving;
using KnSock.Server.Access;

namespace KnSock.Cli.Commands;

/// <summary><c>knsock token</c>: makes viewer tokens and the keys that they are signed with.</summary>
internal sealed class TokenCommand : Verb
{
    private static readonly TimeSpan UsualTime = TimeSpan.FromHours(12);

    private readonly Terminal _terminal;
    private readonly Option<string?> _newKey = new("--new-key") { HelpName = "FILE", Description = "Make a key in FILE, for its owner alone, for 'knsock serve --viewer-key FILE'." };
    private readonly Option<string?> _keyFile = new("--key-file") { HelpName = "FILE", Description = "Print a token signed with the first key in FILE." };
    private readonly Option<string?> _channels = new("--channels") { HelpName = "LIST", Description = "Names of the channels that it opens: a.mp4,b.mp4. Default: all." };
    private readonly Option<TimeSpan?> _expires = DurationOption("--expires", $"For how long it is good: 30m, 2h, 36h. Default: {UsualTime.TotalHours:0}h.");

    /// <summary>Creates the verb.</summary>
    public TokenCommand(Terminal terminal) : base("token", "Make viewer tokens, and the keys that sign them.")
    {
        _terminal = terminal;
        Add(_newKey);
        Add(_keyFile);
        Add(_channels);
        Add(_expires);
        SetAction(Run);
    }

    /// <inheritdoc/>
    public override string Usage => "token --new-key FILE | --key-file FILE [--channels LIST] [--expires TIME]";

    /// <inheritdoc/>
    public override IReadOnlyList<(string CommandLine, string Does)> Examples =>
    [
        ("knsock token --new-key viewers.key", "A key; 'knsock serve --viewer-key viewers.key' asks for tokens that it signed."),
        ("knsock token --key-file viewers.key --channels talk.mkv --expires 2h", "A token on stdout that opens one channel for two hours."),
    ];

    private int Run(ParseResult result)
    {
        var (newKey, keyFile) = (result.GetValue(_newKey), result.GetValue(_keyFile));
        if ((newKey is null) == (keyFile is null))
        {
            throw new CommandFailure("name either --new-key FILE, to make a key, or --key-file FILE, to make a token; see 'knsock token --help'", ExitCode.Usage);
        }

        if (newKey is not null)
        {
            MakeKey(newKey);
            return ExitCode.Success;
        }

        var channels = result.GetValue(_channels)?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? [ViewerGrant.AllChannels];
        if (channels.Length == 0)
        {
            throw new CommandFailure("--channels names none; write a.mp4,b.mp4, or leave it out for all", ExitCode.Usage);
        }

        var expires = TimeProvider.System.GetUtcNow() + (result.GetValue(_expires) ?? UsualTime);
        _terminal.Out.WriteLine(ViewerKeys.FromFile(keyFile!).Issue(new ViewerGrant { Channels = channels, Expires = expires }));
        return ExitCode.Success;
    }

    private void MakeKey(string path)
    {
        try
        {
            SecretFile.Create(path, ViewerKeys.MakeKey());
            _terminal.Complain($"a viewer key was made in {Printable.Escape(path)}; whoever reads it can make tokens");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandFailure(File.Exists(path) ? $"{path} is there already; name another file" : $"{path} cannot be made ({e.Message}); name another file");
        }
    }
}
