namespace KnSock.Simulation.Policies;

/// <summary>How fast a delay grows: the slope of the line through its last values.</summary>
/// <param name="window">How many values count.</param>
/// <param name="least">With fewer nothing is said.</param>
internal sealed class DelayTrend(int window, int least)
{
    private readonly List<(double At, double Delay)> _values = [];

    /// <summary>Seconds of delay per second. Null: too few values.</summary>
    public double? Slope
    {
        get
        {
            if (_values.Count < least)
            {
                return null;
            }

            var (meanAt, meanDelay) = (_values.Average(v => v.At), _values.Average(v => v.Delay));
            var spread = _values.Sum(v => (v.At - meanAt) * (v.At - meanAt));
            return spread <= 0 ? null : _values.Sum(v => (v.At - meanAt) * (v.Delay - meanDelay)) / spread;
        }
    }

    public void Add(double at, double delay)
    {
        _values.Add((at, delay));
        if (_values.Count > window)
        {
            _values.RemoveAt(0);
        }
    }

    public void Clear() => _values.Clear();
}
