using KnSock.Media;
using KnSock.Protocol;
using KnSock.Server.Channels;
using KnSock.Server.Diagnostics;

namespace KnSock.Server.Sessions;

/// <summary>Sends one track of what a viewer has selected: pulls units from a cursor as far as the viewer wants them.</summary>
internal sealed class TrackSender(IMediaConnection connection, ServerClock clock, ServerMetrics metrics)
{
    /// <summary>The send time that a mark tells holds for the frames behind it, so marks are never further apart than this.</summary>
    private static readonly TimeSpan MarkInterval = TimeSpan.FromMilliseconds(100);

    private readonly FrameBatch _batch = new(connection, metrics);
    private (int Rendition, ReadOnlyMemory<byte> Frame)? _configured;
    private TimeSpan _markedAt;

    /// <summary>Sends until the viewing ends.</summary>
    /// <param name="viewing">What to send.</param>
    /// <param name="track">The track to begin with.</param>
    /// <param name="rungs">Told at each step where the cursor stands; may move it to another rung. Null: there is only one.</param>
    /// <param name="cancellationToken">Ends the session; a write is given up only with it, so that no frame is cut short by a new selection.</param>
    /// <returns>Why nothing more can be sent, if the source failed; null if the viewing ended.</returns>
    public async Task<string?> RunAsync(Viewing viewing, RenditionTrack track, IRungs? rungs, CancellationToken cancellationToken)
    {
        using var waiting = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, viewing.Ended);
        using var cursor = new TrackCursor(viewing.Channel.Timeline, track, viewing.Turn, viewing.Gop);
        _configured = null;
        try
        {
            var isFirst = true;
            while (!waiting.IsCancellationRequested)
            {
                rungs?.Steer(cursor);
                var changed = cursor.Track.Changed;
                if (!cursor.TryPeek(out var unit, out var gop))
                {
                    await _batch.FlushAsync(cancellationToken);
                    if (cursor.Track.Fault is { } fault)
                    {
                        return fault;
                    }

                    await changed.WaitAsync(waiting.Token);
                    continue;
                }

                var pts = cursor.TurnStart + unit.Unit.Pts.SinceZero;
                if (pts > viewing.Horizon)
                {
                    await _batch.FlushAsync(cancellationToken);
                    await viewing.WaitForRoomAsync(pts, rungs?.WantsBursts ?? true, waiting.Token);
                }

                await AddAsync(viewing, cursor, unit, gop, isFirst || cursor.HasSkipped, cancellationToken);
                cursor.Advance();
                isFirst = false;
            }
        }
        catch (OperationCanceledException) when (viewing.Ended.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            // The viewer selected something else.
        }

        return null;
    }

    private async ValueTask AddAsync(Viewing viewing, TrackCursor cursor, FramedUnit unit, Gop gop, bool discontinuity, CancellationToken cancellationToken)
    {
        var rendition = cursor.Track.Rendition.Index;
        // Not by the GOP's object: a loop of one GOP has the same in each turn.
        if (cursor.IsAtGopStart || clock.Elapsed - _markedAt >= MarkInterval)
        {
            var now = clock.Now;
            var mark = new Mark { Selection = viewing.Selection, TurnStart = cursor.TurnStart, SendTime = now, LiveEdge = viewing.LiveEdge(now) };
            await _batch.AddMarkAsync(mark, cursor.Track.Rendition.Kind, rendition, discontinuity, cancellationToken);
            _markedAt = now.SinceZero;
        }

        if (!IsConfigured(rendition, gop))
        {
            await _batch.AddAsync(gop.ConfigurationFrame, cancellationToken);
            _configured = (rendition, gop.ConfigurationFrame);
        }

        await _batch.AddAsync(unit.Frame, cancellationToken);
    }

    /// <summary>GOPs of one rung differ in their set-up where different presets made them.</summary>
    private bool IsConfigured(int rendition, Gop gop) =>
        _configured is { } last && last.Rendition == rendition
        && (last.Frame.Equals(gop.ConfigurationFrame) || last.Frame.Span.SequenceEqual(gop.ConfigurationFrame.Span));
}

/// <summary>Steers a cursor between the rungs of a channel.</summary>
internal interface IRungs
{
    /// <summary>
    /// Whether sending in bursts is worth it: they show what the link carries, but what is on the way when a limit sets in is lost and holds up all
    /// that comes after.
    /// </summary>
    bool WantsBursts { get; }

    /// <summary>Called before each unit; may move the cursor to another rung.</summary>
    void Steer(TrackCursor cursor);
}
