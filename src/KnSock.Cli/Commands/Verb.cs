using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using KnSock.Cli.Arguments;
using KnSock.Server;

namespace KnSock.Cli.Commands;

/// <summary>A command with what its help shows beside its options.</summary>
internal abstract class Verb(string name, string description) : Command(name, description)
{
    /// <summary>What follows <c>knsock</c> in the usage line.</summary>
    public abstract string Usage { get; }

    /// <summary>Command lines that work as they stand, each with what it does.</summary>
    public abstract IReadOnlyList<(string CommandLine, string Does)> Examples { get; }

    /// <summary>An option whose value is read by a function that gives null and an error where it cannot.</summary>
    internal static Option<T?> Valued<T>(string name, string valueName, string description, Func<string, (T? Value, string? Error)> read)
        => new(name)
        {
            HelpName = valueName,
            Description = description,
            CustomParser = result =>
            {
                var (value, error) = read(result.Tokens[^1].Value);
                if (error is not null)
                {
                    result.AddError($"{name}: {error}");
                }

                return value;
            },
        };

    /// <summary>An option with a port.</summary>
    internal static Option<int?> PortOption(string name, string description, int lowest) => Valued<int?>(
        name, "PORT", description, text => Endpoint.ReadPort(text, out var port, lowest) is { } error ? (null, error) : (port, null));

    /// <summary>An option with a whole number.</summary>
    internal static Option<int?> NumberOption(string name, string valueName, string description, int lowest, int highest) => Valued<int?>(
        name,
        valueName,
        description,
        text => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= lowest && number <= highest
            ? (number, null)
            : (null, $"'{text}' is not a whole number from {lowest} to {highest}"));

    /// <summary>An option with a length of time.</summary>
    internal static Option<TimeSpan?> DurationOption(string name, string description, bool orZero = false) => Valued<TimeSpan?>(
        name,
        "TIME",
        description,
        text => (orZero ? Duration.TryParseOrZero(text, out var time) : Duration.TryParse(text, out time)) ? (time, null) : (null, $"'{text}' is not a length of time; write 10s, 500ms, 2m or 1h"));

    /// <summary>What the options of a store are called on the command line, for <see cref="Checked"/>.</summary>
    internal static IReadOnlyDictionary<string, string> StoreNames { get; } = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        [nameof(StoreOptions.Directory)] = "--store",
        [nameof(StoreOptions.MaxBytes)] = "--store-limit",
    };

    /// <summary>The option <c>--store</c>.</summary>
    internal static Option<string?> StoreOption() => new("--store")
    {
        HelpName = "DIR",
        Description = "Folder of the store with what was encoded. Default: knsock/store in $XDG_CACHE_HOME or ~/.cache.",
    };

    /// <summary>The option <c>--store-limit</c>.</summary>
    internal static Option<long?> StoreLimitOption() => Valued<long?>(
        "--store-limit",
        "SIZE",
        "The most that the store may take: 500M, 10G. Default: 10G, or 20 % of what is free if that is less.",
        text => ByteSize.TryParse(text, out var bytes) ? (bytes, null) : (null, $"'{text}' is not a size; write 500M or 10G"));

    /// <summary>Creates what a command line sets up. A value out of range is a usage error, told under the name that it has there.</summary>
    /// <param name="create">Throws an <see cref="ArgumentException"/> whose message begins with the option's name.</param>
    /// <param name="names">From names in code to names on the command line.</param>
    protected static T Checked<T>(Func<T> create, IReadOnlyDictionary<string, string> names)
    {
        try
        {
            return create();
        }
        catch (ArgumentException e) when (e.ParamName is { } option)
        {
            var message = Faults.Describe(e);
            var shown = names.TryGetValue(option, out var name) && message.StartsWith(option, StringComparison.Ordinal)
                ? name + message[option.Length..]
                : message;
            throw new CommandFailure(shown, ExitCode.Usage);
        }
    }

    /// <summary>The option <c>--legacy</c>.</summary>
    protected static Option<bool> LegacyOption() => new("--legacy")
    {
        Description = "Take the server for one of the original kn-sock, whatever it says. One that says nothing else is known without it.",
    };

    /// <summary>The argument <c>HOST[:PORT]</c>.</summary>
    protected static Argument<Endpoint> ServerArgument() => new("HOST[:PORT]")
    {
        Description = $"The server: a name, an address or [IPV6]:PORT. Port {Endpoint.DefaultPort} unless named.",
        CustomParser = ReadEndpoint,
    };

    private static Endpoint? ReadEndpoint(ArgumentResult result)
    {
        if (Endpoint.TryParse(result.Tokens[^1].Value, out var endpoint, out var error))
        {
            return endpoint;
        }

        result.AddError(error);
        return null;
    }
}
