namespace KnSock.Server.Endpoints.Legacy;

/// <summary>When pictures and sound go out to kn-sock's clients. Pure.</summary>
/// <remarks>
/// Such a client shows the first picture when 0.2 s of pictures have come, and each further one when its time says; it plays sound as it comes. So what it has in its buffer is what it is sent
/// ahead of time: some pictures, which its reports are about, and a little sound, so that it does not run dry between two looks at its socket. What is late is thinned out, evenly while
/// it is little: a picture less now and then is hardly seen, a second of old ones is.
/// </remarks>
internal static class LegacyPace
{
    /// <summary>Pictures are sent so much ahead of the broadcast. More rides out longer gaps; it stays well below the 2 s at which clients drop pictures.</summary>
    public static readonly TimeSpan PictureLead = TimeSpan.FromMilliseconds(400);

    /// <summary>Sound is sent so much ahead of the broadcast.</summary>
    public static readonly TimeSpan SoundLead = TimeSpan.FromMilliseconds(80);

    /// <summary>Sound that is later than this goes before pictures.</summary>
    public static readonly TimeSpan PressedSound = TimeSpan.FromMilliseconds(100);

    /// <summary>Sound that is later than this is left out.</summary>
    public static readonly TimeSpan LatestSound = TimeSpan.FromMilliseconds(750);

    /// <summary>For each of these that pictures wait for the link, one is left out before the next.</summary>
    private static readonly TimeSpan Thinning = TimeSpan.FromMilliseconds(120);

    /// <summary>Pictures that wait longer are all left out but the newest.</summary>
    public static readonly TimeSpan LatestPicture = PictureLead + TimeSpan.FromMilliseconds(100);

    /// <summary>For so long after the start the pictures that are sent ahead wait for the link without a fault of it.</summary>
    private static readonly TimeSpan Starting = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Whether the next picture has to wait for those before it to arrive. At the start nothing is known of the link, and what TCP has taken cannot be recalled: a slow link would deliver what was
    /// sent ahead a second late.
    /// </summary>
    /// <param name="sinceStart">The time since the first.</param>
    /// <param name="lastLength">Bytes of the last one.</param>
    /// <param name="underWay">Gives the bytes of pictures that are on their way.</param>
    public static bool MustWait(TimeSpan sinceStart, int lastLength, Func<long> underWay) => sinceStart < Starting && underWay() > lastLength;

    /// <summary>How many pictures are left out before the next one is sent.</summary>
    /// <param name="behind">How long ago the next one was due.</param>
    /// <param name="isHeldUp">It was the link that it waited for.</param>
    /// <param name="sinceStart">The time since the first.</param>
    /// <param name="due">How many are due.</param>
    public static int LeftOut(TimeSpan behind, bool isHeldUp, TimeSpan sinceStart, int due) =>
        due <= 1 ? 0
        : behind > LatestPicture ? due - 1
        : isHeldUp && sinceStart > Starting ? Math.Min((int)(behind / Thinning), due - 1)
        : 0;
}
