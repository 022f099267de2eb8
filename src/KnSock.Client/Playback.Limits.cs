using KnSock.Protocol.Messages;

namespace KnSock.Client;

/// <content>How much of a picture is of use, which the server is told.</content>
internal sealed partial class Playback
{
    /// <summary>A window that is dragged to another size has a new one with each picture.</summary>
    private static readonly TimeSpan BetweenLimits = TimeSpan.FromMilliseconds(250);

    private Limits _limits;
    private Limits _limitsSaid = new();
    private TimeSpan? _limitsSaidAt;

    /// <inheritdoc/>
    public int? WindowHeight
    {
        get => _limits.WindowHeight;
        set
        {
            lock (_gate)
            {
                _limits = _limits with { WindowHeight = value };
            }
        }
    }

    /// <summary>The user wants no higher rungs, or any again.</summary>
    public void Limit(int? maxHeight, int? maxBitrate)
    {
        lock (_gate)
        {
            _limits = _limits with { MaxHeight = maxHeight, MaxBitsPerSecond = maxBitrate };
        }
    }

    /// <summary>What the server is to be told, if that is not what it was told last, and not so soon after that.</summary>
    public Limits? TakeUnsentLimits()
    {
        lock (_gate)
        {
            if (_limits == _limitsSaid || Now - _limitsSaidAt < BetweenLimits)
            {
                return null;
            }

            (_limitsSaid, _limitsSaidAt) = (_limits, Now);
            return _limits;
        }
    }
}
