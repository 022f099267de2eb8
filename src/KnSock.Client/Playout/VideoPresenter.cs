using KnSock.Media;

namespace KnSock.Client.Playout;

/// <summary>What to do with an access unit before it is decoded.</summary>
internal enum DecodeAction
{
    /// <summary>Decode it and show its picture.</summary>
    Show,

    /// <summary>Decode it only for the sake of those after it.</summary>
    DecodeOnly,

    /// <summary>Pass over everything up to the next keyframe.</summary>
    Jump,
}

/// <summary>What to do with a decoded picture.</summary>
internal enum PictureAction
{
    /// <summary>It is not due yet.</summary>
    Wait,

    /// <summary>Show it.</summary>
    Present,

    /// <summary>Leave it out: too late.</summary>
    LeaveOutLate,

    /// <summary>Leave it out: more pictures a second than are wanted.</summary>
    LeaveOutForRate,
}

/// <summary>Decides which pictures are shown. Holds no clock.</summary>
/// <param name="highestRate">Most pictures a second.</param>
internal sealed class VideoPresenter(double highestRate)
{
    /// <summary>Pictures later than this are not shown.</summary>
    public static readonly TimeSpan ShowUntil = TimeSpan.FromMilliseconds(40);

    /// <summary>Units later than this are decoded, but their pictures go no further.</summary>
    public static readonly TimeSpan QueueUntil = TimeSpan.FromMilliseconds(250);

    /// <summary>Units later than this are not even decoded.</summary>
    public static readonly TimeSpan DecodeUntil = TimeSpan.FromSeconds(1);

    /// <summary>A picture this close to its time is shown, for no wait is finer.</summary>
    public static readonly TimeSpan Early = TimeSpan.FromMilliseconds(0.5);

    /// <summary>Rates this close to a multiple of the highest rate count as that multiple (30 for 29.97, 60 for 59.94).</summary>
    private const double RateTolerance = 0.02;

    private Timestamp? _lastPresented;

    /// <summary>What to do with a unit, given where playout is; null while playout stands.</summary>
    public static DecodeAction Judge(Timestamp pts, Timestamp? position)
    {
        var late = position is { } now ? now - pts : TimeSpan.Zero;
        if (late > DecodeUntil)
        {
            return DecodeAction.Jump;
        }

        return late > QueueUntil ? DecodeAction.DecodeOnly : DecodeAction.Show;
    }

    /// <summary>What to do with a picture now.</summary>
    /// <param name="pts">When it is due.</param>
    /// <param name="position">Where playout is.</param>
    /// <param name="frameRate">Pictures a second of the channel. 0: not known yet.</param>
    public PictureAction Decide(Timestamp pts, Timestamp position, double frameRate)
    {
        if (IsBeyondRate(pts, frameRate))
        {
            return PictureAction.LeaveOutForRate;
        }

        if (pts - position > Early)
        {
            return PictureAction.Wait;
        }

        // Playout may start anywhere within the first picture's time.
        var showUntil = _lastPresented is null && frameRate > 0 ? ShowUntil + TimeSpan.FromSeconds(1 / frameRate) : ShowUntil;
        if (position - pts > showUntil)
        {
            return PictureAction.LeaveOutLate;
        }

        _lastPresented = pts;
        return PictureAction.Present;
    }

    /// <summary>Whether a picture of this timeline was shown.</summary>
    public bool HasShown => _lastPresented is not null;

    /// <summary>A picture was shown without asking.</summary>
    public void Shown(Timestamp pts) => _lastPresented = pts;

    /// <summary>Forgets what was presented: another timeline begins.</summary>
    public void Reset() => _lastPresented = null;

    /// <summary>Every n-th picture is shown, the same n throughout, so that movement stays even.</summary>
    private bool IsBeyondRate(Timestamp pts, double frameRate)
    {
        var every = Math.Ceiling((frameRate / highestRate) - RateTolerance);
        return every > 1
            && _lastPresented is { } last
            && pts > last
            && (pts - last).TotalSeconds < (every - 0.5) / frameRate;
    }
}
