namespace KnSock.Server.Adaptation;

/// <summary>
/// Which rungs are of use in a window: none more than one step above the highest that has no more lines. A larger window counts at once. A smaller one counts when it has been
/// clearly smaller for a while, so that a window that is dragged to its size costs no changes of rung on the way.
/// </summary>
/// <param name="heights">Lines of each rung, lowest first.</param>
internal sealed class WindowLimit(IReadOnlyList<int> heights)
{
    /// <summary>A window that is smaller by less still counts as of the size.</summary>
    private const double Tolerance = 1.1;

    /// <summary>For how long it has to be smaller.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private int? _counted;
    private TimeSpan? _smallerSince;
    private bool _isKnown;

    /// <summary>The highest rung of use.</summary>
    public int Highest { get; private set; } = heights.Count - 1;

    /// <summary>Why no higher one, in words.</summary>
    public string Reason { get; private set; } = "";

    /// <summary>Takes a new look.</summary>
    /// <param name="lines">Lines of the display that the picture takes; null: that is not known.</param>
    /// <param name="now">The time.</param>
    public void Update(int? lines, TimeSpan now)
    {
        var wanted = Of(lines);
        if (wanted >= Highest || !_isKnown)
        {
            Set(wanted, lines);
            _isKnown = lines is not null;
        }
        else if (Of(lines * Tolerance) >= Highest)
        {
            _smallerSince = null;
        }
        else
        {
            _smallerSince ??= now;
            if (now - _smallerSince >= Patience)
            {
                Set(wanted, lines);
            }
        }
    }

    private void Set(int highest, int? lines)
    {
        (Highest, _smallerSince) = (highest, null);
        if (lines != _counted)
        {
            _counted = lines;
            Reason = lines is > 0 ? $"the window shows {lines} lines" : "the picture is not seen";
        }
    }

    private int Of(double? lines)
    {
        if (lines is null)
        {
            return heights.Count - 1;
        }

        var fitting = 0;
        while (fitting < heights.Count && heights[fitting] <= lines)
        {
            fitting++;
        }

        // The next step above the last that fits.
        return Math.Min(fitting, heights.Count - 1);
    }
}
