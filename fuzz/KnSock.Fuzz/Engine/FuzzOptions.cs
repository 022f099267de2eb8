using System.Globalization;
using KnSock.Testing.Processes;

namespace KnSock.Fuzz.Engine;

/// <summary>What the program is asked to do.</summary>
internal sealed record FuzzOptions
{
    /// <summary>How it is called.</summary>
    public const string Usage = """
        dotnet run --project fuzz/KnSock.Fuzz -- [--target NAME]... [--seconds N] [--seed S] [--corpus FOLDER] [--findings FOLDER] [--plain] [--list]
          --target NAME      the decoder to fuzz; may be repeated (all)
          --seconds N        how long for each (10)
          --seed S           of all that is random (1)
          --corpus FOLDER    begins with the inputs in FOLDER/NAME, and adds those that reach something new
          --findings FOLDER  where inputs go that show a fault (fuzz/findings)
          --plain            without looking at which code inputs reach
          --list             the names of all targets
        """;

    public IReadOnlyList<string> Targets { get; init; } = [];

    public double Seconds { get; init; } = 10;

    public int Seed { get; init; } = 1;

    public string? Corpus { get; init; }

    public string Findings { get; init; } = "";

    public string Regressions { get; init; } = "";

    public bool Lists { get; init; }

    public bool IsPlain { get; init; }

    /// <summary>This is the process that runs the instrumented code.</summary>
    public bool IsInstrumented { get; init; }

    /// <summary>Reads the command line.</summary>
    /// <exception cref="FormatException">It cannot be understood; the message says why.</exception>
    public static FuzzOptions Parse(IReadOnlyList<string> arguments)
    {
        var (options, targets) = (new FuzzOptions(), new List<string>());
        for (var i = 0; i < arguments.Count; i++)
        {
            var name = arguments[i];
            options = name switch
            {
                "--plain" => options with { IsPlain = true },
                "--list" => options with { Lists = true },
                "--instrumented" => options with { IsInstrumented = true },
                _ when ++i >= arguments.Count => throw new FormatException($"{name} is no option, or its value is missing"),
                "--seconds" => options with { Seconds = double.Parse(arguments[i], CultureInfo.InvariantCulture) },
                "--seed" => options with { Seed = int.Parse(arguments[i], CultureInfo.InvariantCulture) },
                "--corpus" => options with { Corpus = Path.GetFullPath(arguments[i]) },
                "--findings" => options with { Findings = Path.GetFullPath(arguments[i]) },
                "--regressions" => options with { Regressions = Path.GetFullPath(arguments[i]) },
                "--target" => options,
                _ => throw new FormatException($"there is no option {name}"),
            };
            if (name == "--target")
            {
                targets.Add(arguments[i]);
            }
        }

        return (options with { Targets = targets }).WithFolders();
    }

    /// <summary>The command line of the process that runs the instrumented code.</summary>
    public IEnumerable<string> ForChild() =>
    [
        "--instrumented", "--findings", Findings, "--regressions", Regressions, "--seconds", Seconds.ToString(CultureInfo.InvariantCulture), "--seed", Seed.ToString(CultureInfo.InvariantCulture),
        .. Corpus is null ? Array.Empty<string>() : ["--corpus", Corpus], .. Targets.SelectMany(t => new[] { "--target", t }),
    ];

    private FuzzOptions WithFolders() => this with
    {
        Findings = Findings.Length > 0 ? Findings : Path.Combine(Repository.Root, "fuzz", "findings"),
        Regressions = Regressions.Length > 0 ? Regressions : Path.Combine(Repository.Root, "fuzz", "regressions"),
    };
}
