using KnSock.Server.Encoding;
using KnSock.Server.Store;

namespace KnSock.Server.Channels;

/// <summary>Fills a gap: encodes the tracks over the range by one child, and takes each complete GOP to the store.</summary>
/// <param name="task">The gap.</param>
/// <param name="priority">How the child runs; its renditions and range are the task's.</param>
/// <param name="mayGoOnAsync">Asked before each GOP; waits while others have to come first, and says whether to go on at all.</param>
internal sealed class FillRun(FillTask task, FillPriority priority, Func<CancellationToken, ValueTask<bool>> mayGoOnAsync)
{
    private readonly Gop?[] _making = new Gop?[task.Tracks.Count];
    private readonly int[] _next = [.. task.Tracks.Select(_ => task.FirstGop)];

    /// <summary>Runs until the gap is filled, or something more important ends it.</summary>
    /// <exception cref="EncoderException">The child failed.</exception>
    public async Task<FillOutcome> RunAsync(CancellationToken cancellationToken)
    {
        var run = new EncoderRun
        {
            Renditions = [.. task.Tracks.Select(t => t.Rendition)],
            FirstGop = task.FirstGop,
            EndGop = task.EndGop,
            Niceness = priority.Niceness,
            CpuShare = priority.CpuShare,
        };
        try
        {
            await foreach (var made in task.Media.Encode(run, cancellationToken))
            {
                var (track, index) = (task.Tracks[made.Rendition], made.Rendition);
                if (_making[index] is null)
                {
                    if (!await mayGoOnAsync(cancellationToken) || track.TryBegin(_next[index], made.Configuration, run.Preset) is not { } begun)
                    {
                        return FillOutcome.GaveWay;
                    }

                    _making[index] = begun;
                }

                var gop = _making[index]!;
                track.Append(gop, made.Unit);
                if (gop.IsComplete && !await StoreAsync(index, cancellationToken))
                {
                    return FillOutcome.NotStored;
                }

                if (track.IsClosed || (!gop.IsComplete && track.Readers.Want(gop.Index)))
                {
                    // A viewer has come near: the feeder makes it at full priority. Or nobody will ever come.
                    return FillOutcome.GaveWay;
                }
            }

            return FillOutcome.Filled;
        }
        finally
        {
            foreach (var (track, gop) in task.Tracks.Zip(_making))
            {
                if (gop is { IsComplete: false })
                {
                    track.Abandon(gop);
                }
            }
        }
    }

    private async Task<bool> StoreAsync(int index, CancellationToken cancellationToken)
    {
        var (track, gop) = (task.Tracks[index], _making[index]!);
        (_making[index], _next[index]) = (null, _next[index] + 1);
        var isStored = await track.Stored!.PutAsync(gop, PutPurpose.Background, cancellationToken);
        track.Release(gop);
        return isStored;
    }
}

/// <summary>How a <see cref="FillRun"/> stands back for what is watched.</summary>
internal readonly record struct FillPriority(int Niceness, double CpuShare);

/// <summary>How a <see cref="FillRun"/> ended.</summary>
internal enum FillOutcome
{
    /// <summary>Nothing is left of the gap.</summary>
    Filled,

    /// <summary>Something more important came in between.</summary>
    GaveWay,

    /// <summary>The store does not take it.</summary>
    NotStored,
}
