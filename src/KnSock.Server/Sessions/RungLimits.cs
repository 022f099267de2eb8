using KnSock.Server.Channels;

namespace KnSock.Server.Sessions;

/// <summary>
/// Which rungs one viewer may not be sent, whatever its link carries: those that nobody is sent at present, and those above the lowest of its caps. The lowest rung
/// may always be sent.
/// </summary>
/// <param name="rungs">What is on offer.</param>
internal sealed class RungLimits(RungOffer rungs)
{
    private readonly string?[] _reasons = new string?[rungs.Tracks.Count];
    private readonly (int Highest, string Reason)?[] _caps = new (int, string)?[Enum.GetValues<RungCap>().Length];
    private (int Highest, string Reason)? _cap;

    /// <summary>For each rung why it may not be sent, in words, or null if it may. Null: all may. Valid until the next call.</summary>
    public IReadOnlyList<string?>? Reasons
    {
        get
        {
            if (_cap is null)
            {
                return rungs.Withdrawn;
            }

            for (var rung = 0; rung < _reasons.Length; rung++)
            {
                _reasons[rung] = this[rung];
            }

            return _reasons;
        }
    }

    /// <summary>The highest rung that may be sent.</summary>
    public int Highest
    {
        get
        {
            var rung = _reasons.Length - 1;
            while (rung > 0 && this[rung] is not null)
            {
                rung--;
            }

            return rung;
        }
    }

    /// <summary>The highest rung that may be sent but for one of its caps.</summary>
    /// <param name="cap">Which.</param>
    public int HighestBut(RungCap cap)
    {
        var highest = _reasons.Length - 1;
        for (var i = 0; i < _caps.Length; i++)
        {
            highest = i != (int)cap && _caps[i] is { } other ? Math.Min(highest, other.Highest) : highest;
        }

        while (highest > 0 && rungs.Withdrawn?[highest] is not null)
        {
            highest--;
        }

        return highest;
    }

    /// <summary>Why a rung may not be sent. Null: it may.</summary>
    public string? this[int rung] => rungs.Withdrawn?[rung] ?? (IsCapped(rung) ? _cap!.Value.Reason : null);

    /// <summary>Whether a rung lies above a cap of this viewer's own.</summary>
    public bool IsCapped(int rung) => rung > _cap?.Highest;

    /// <summary>Sets a cap, or takes it away.</summary>
    /// <param name="cap">Which.</param>
    /// <param name="highest">The highest rung that it allows; one that is as high as the ladder is none.</param>
    /// <param name="reason">Why, in words.</param>
    public void Set(RungCap cap, int highest, string reason)
    {
        _caps[(int)cap] = highest < _reasons.Length - 1 ? (Math.Max(0, highest), reason) : null;
        _cap = null;
        foreach (var one in _caps)
        {
            _cap = one is not null && (_cap is null || one.Value.Highest < _cap.Value.Highest) ? one : _cap;
        }
    }
}

/// <summary>What a viewer's rung may be capped by.</summary>
internal enum RungCap
{
    /// <summary>It decodes no more in time.</summary>
    Decoder,

    /// <summary>Its window shows no more.</summary>
    Window,

    /// <summary>Its user wants no more.</summary>
    User,

    /// <summary>The server's uplink has no more for it.</summary>
    Uplink,
}
