using KnSock.Client.Playout;
using KnSock.Media;

namespace KnSock.Client;

/// <content>What is kept of each track.</content>
internal sealed partial class Playback
{
    /// <summary>One track's buffer with those who wait at both of its ends.</summary>
    private sealed class Track(LiveStreamClientOptions options, TimeSpan floor)
    {
        /// <summary>A target that the read-ahead could never fill would never let playout start. Without read-ahead, waiting fills any.</summary>
        private readonly TimeSpan _highestTarget = options.IsAtLiveEdge ? TimeSpan.MaxValue : options.ReadAhead * 0.9;

        private readonly FillPace _pace = new(options.ReadAhead);

        public JitterBuffer Buffer { get; } = CreateBuffer(options);

        public TargetDelay Target { get; } = new(floor, options.MaxTargetDelay);

        public ArrivalTimes Arrivals { get; } = new();

        public Signal Filled { get; } = new(options.TimeProvider);

        public Signal Room { get; } = new(options.TimeProvider);

        public TimeSpan TargetAt(TimeSpan now)
        {
            var target = Target.At(now);
            return target < _highestTarget ? target : _highestTarget;
        }

        public TrackLevel LevelAt(Timestamp position, bool ended, bool isWaiting, TimeSpan now)
        {
            var (level, behindGap) = (Buffer.Level(position), Buffer.LevelBehindGap(position));
            return new TrackLevel
            {
                Start = Buffer.Start,
                Level = level,
                BehindGap = behindGap,
                GoesOnAt = Buffer.GoesOnAt(position),
                Target = TargetAt(now),
                Cushion = _pace.CushionAt(level + behindGap, isWaiting, now),
                Ended = ended,
            };
        }

        private static JitterBuffer CreateBuffer(LiveStreamClientOptions options)
        {
            // Without read-ahead the target is what lies ready.
            var most = (options.IsAtLiveEdge ? options.LongestTargetDelay : options.ReadAhead) + BeyondReadAhead;
            return new JitterBuffer(most, Math.Max(LeastRoom, (long)(most.TotalSeconds * MostBytesASecond)));
        }
    }
}
