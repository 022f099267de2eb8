using System.Globalization;
using System.Reflection;
using KnSock.Server.Adaptation;

namespace KnSock.Simulation.Policies;

/// <summary>The product's own policy, with the product's knobs or others: what each of them does can be tried without a build.</summary>
internal static class OwnPolicy
{
    /// <summary>The policy with these knobs.</summary>
    public static Policy With(RenditionSelectorOptions options) => new(Policy.Own, setup => new RenditionSelector(options, setup.FirstRung));

    /// <summary>The product's knobs, but for those that are set.</summary>
    /// <param name="settings">Each a name of <see cref="RenditionSelectorOptions"/>, in any case, and a number: <c>ChangeCost=0.7</c>. Lengths of time are seconds.</param>
    /// <exception cref="FormatException">One is none; the message says why.</exception>
    public static RenditionSelectorOptions Knobs(IEnumerable<string> settings)
    {
        // The properties are set by reflection, so this one is nobody else's yet.
        var options = new RenditionSelectorOptions();
        foreach (var setting in settings)
        {
            var at = setting.IndexOf('=', StringComparison.Ordinal);
            var name = at < 0 ? setting : setting[..at];
            var knob = All.FirstOrDefault(p => p.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
                ?? throw new FormatException($"there is no knob '{name}'; there are {string.Join(", ", All.Select(p => p.Name))}");
            knob.SetValue(options, Value(knob.PropertyType, setting[(at + 1)..]) is { } value && at >= 0
                ? value
                : throw new FormatException($"'{setting}' sets nothing; write {knob.Name}=NUMBER"));
        }

        return options;
    }

    private static PropertyInfo[] All { get; } = typeof(RenditionSelectorOptions).GetProperties();

    private static object? Value(Type type, string text) => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && Math.Abs(number) <= int.MaxValue
        ? type == typeof(TimeSpan) ? TimeSpan.FromSeconds(number) : Convert.ChangeType(number, type, CultureInfo.InvariantCulture)
        : null;
}
