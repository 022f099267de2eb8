using KnSock.Simulation.Results;

namespace KnSock.Simulation.Viewers;

/// <summary>Keeps account of each part of a run by itself. The same part is the same time for all who joined at the same time.</summary>
/// <param name="joined">Where the first part begins.</param>
internal sealed class BlockAccount(TimeSpan joined)
{
    private readonly List<Block> _blocks = [];

    /// <summary>A picture is shown, in whose stead another rung was shown before.</summary>
    /// <param name="at">When.</param>
    /// <param name="utility">What it is worth.</param>
    /// <param name="change">By how much more or less that is than before.</param>
    public void Show(TimeSpan at, double utility, double change) => Add(at, new Block(0, 1, utility, 0, change));

    /// <summary>The picture stood still.</summary>
    public void Stall(TimeSpan from, TimeSpan to) => Spread(from, to, static seconds => new Block(0, 0, 0, seconds, 0));

    /// <summary>All parts, once it is known what was watched.</summary>
    public IReadOnlyList<Block> Watched(TimeSpan from, TimeSpan to)
    {
        Spread(from, to, static seconds => new Block(seconds, 0, 0, 0, 0));
        return _blocks;
    }

    private void Spread(TimeSpan from, TimeSpan to, Func<double, Block> of)
    {
        for (var at = from; at < to;)
        {
            var end = joined + ((IndexOf(at) + 1) * Block.Length);
            end = end < to ? end : to;
            Add(at, of((end - at).TotalSeconds));
            at = end;
        }
    }

    private int IndexOf(TimeSpan at) => (int)((at - joined).Ticks / Block.Length.Ticks);

    private void Add(TimeSpan at, Block block)
    {
        var index = IndexOf(at);
        while (_blocks.Count <= index)
        {
            _blocks.Add(default);
        }

        _blocks[index] += block;
    }
}
