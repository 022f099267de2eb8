using System.Globalization;
using KnSock.Media;
using KnSock.Protocol;

namespace KnSock.Server.Sources;

/// <summary>A coded picture of a source.</summary>
/// <param name="Time">When it is presented, seconds from the start of the file.</param>
/// <param name="Size">Bytes.</param>
/// <param name="IsMarked">The container says that decoding can begin at it.</param>
/// <param name="IsIdr">Nothing behind it in decoding order refers to what was before (ITU-T H.264, 3.69).</param>
internal readonly record struct SourcePacket(double Time, int Size, bool IsMarked, bool IsIdr);

/// <summary>
/// Looks at a source's packets in decoding order and says whether they can be sent as they are: every frame in its place on a constant grid,
/// closed GOPs that are not too long, and little reordering. It says so at the first packet that rules it out, since most films do so soon.
/// </summary>
internal sealed class PacketSurvey(FrameRate frameRate)
{
    /// <summary>Keyframes further apart make switching and joining slow. Of 2 s, and a little for 48 frames at 24000/1001.</summary>
    private const double LongestGop = 2.05;

    /// <summary>Keyframes that are closer do not begin a GOP: each costs marks, and a rung that is encoded at a low rate suffers from many.</summary>
    private const double ShortestGop = 0.5;

    /// <summary>The rate is the highest mean over this time: a viewer's buffer evens out what is shorter.</summary>
    private const double RateWindow = 4;

    /// <summary>A little more than the measured rate.</summary>
    private const double RateReserve = 1.05;

    /// <summary>The latest start of a picture, of which the sound before is left away.</summary>
    private const double LatestStart = 0.5;

    /// <summary>Pictures that are waited for while others come; more of them mean that a frame is missing.</summary>
    private const int MostAhead = 16;

    /// <summary>Distance from a frame's place, in frames, that may be rounding.</summary>
    private const double Tolerance = 0.45;

    private readonly List<int> _sizes = [];
    private readonly List<long> _keyframes = [];
    private readonly HashSet<long> _ahead = [];
    private double? _start;
    private long _due;
    private int _depth;
    private bool _isOpen;

    /// <summary>Takes in the next packet; why it rules passing through out, or null.</summary>
    public string? Add(SourcePacket packet)
    {
        _start ??= packet.Time;
        var exact = (packet.Time - _start.Value) * frameRate.PerSecond;
        var frame = (long)Math.Round(exact);
        _isOpen |= packet is { IsMarked: true, IsIdr: false };
        return RefusalOfStart(packet)
            ?? (packet.Size > ProtocolLimits.MaxPayload ? "a picture is too large to be sent" : null)
            ?? (packet.IsIdr ? Begin(frame) : null)
            ?? (Math.Abs(exact - frame) > Tolerance ? Uneven(frame) : Place(frame, packet.Size));
    }

    /// <summary>What was found when the last packet was taken in; null with why it cannot be passed through.</summary>
    public (Passthrough? Found, string? Refusal) Complete()
    {
        if (_sizes.Count == 0 || _ahead.Count > 0)
        {
            return (null, _sizes.Count == 0 ? "it has no pictures" : Uneven(_due));
        }

        var longest = _keyframes.Skip(1).Append(_due).Zip(_keyframes, (next, keyframe) => next - keyframe).Max();
        return (new Passthrough
        {
            Start = Timestamp.FromSeconds(_start!.Value),
            FrameCount = _due,
            GopStarts = GopStarts(),
            ReorderDepth = _depth,
            LongestGop = frameRate.StartOf(longest).SinceZero,
            BitsPerSecond = PeakRate(),
        }, null);
    }

    private string? RefusalOfStart(SourcePacket packet) => _sizes.Count > 0 ? null
        : !packet.IsIdr ? "it does not begin with a keyframe"
        : packet.Time < -0.5 / frameRate.PerSecond ? "its edit list cuts into the first GOP"
        : packet.Time > LatestStart ? string.Create(CultureInfo.InvariantCulture, $"the picture begins {packet.Time:0.0} s after the sound")
        : null;

    /// <summary>A keyframe: all that came before in decoding order has to be presented before it.</summary>
    private string? Begin(long frame)
    {
        if (_ahead.Count > 0 || frame != _due)
        {
            return Uneven(_due);
        }

        _keyframes.Add(frame);
        _isOpen = false;
        return null;
    }

    private string? Place(long frame, int size)
    {
        if (frame < _due || frame - _due > MostAhead)
        {
            return Uneven(_due);
        }

        if (frame - _keyframes[^1] >= LongestGop * frameRate.PerSecond)
        {
            var at = Clock(_keyframes[^1]);
            return _isOpen ? $"GOPs are open (first at {at})" : $"keyframes are more than 2 s apart (first at {at})";
        }

        _sizes.Add(size);
        var depth = _ahead.Count(other => other > frame);
        _depth = Math.Max(_depth, depth);
        if (depth > LoopTimeline.DeepestReordering)
        {
            return "pictures are reordered more than two deep";
        }

        if (!_ahead.Add(frame))
        {
            return Uneven(frame);
        }

        while (_ahead.Remove(_due))
        {
            _due++;
        }

        return null;
    }

    /// <summary>Keyframes at which GOPs begin: each that lies far enough from the last, and those without which one would be too long.</summary>
    private List<long> GopStarts()
    {
        var (shortest, longest) = (ShortestGop * frameRate.PerSecond, LongestGop * frameRate.PerSecond);
        var starts = new List<long> { 0 };
        for (var i = 1; i < _keyframes.Count; i++)
        {
            var next = i + 1 < _keyframes.Count ? _keyframes[i + 1] : _due;
            if (_keyframes[i] - starts[^1] >= shortest || next - starts[^1] > longest)
            {
                starts.Add(_keyframes[i]);
            }
        }

        return starts;
    }

    /// <summary>The loop has no end, so the time goes on over its seam.</summary>
    private int PeakRate()
    {
        var frames = (int)Math.Clamp(Math.Round(RateWindow * frameRate.PerSecond), 1, _sizes.Count);
        var sum = _sizes.Take(frames).Sum(size => (long)size);
        var most = sum;
        for (var first = 1; first < _sizes.Count; first++)
        {
            sum += _sizes[(first + frames - 1) % _sizes.Count] - _sizes[first - 1];
            most = Math.Max(most, sum);
        }

        var bitsPerSecond = most * 8.0 * frameRate.PerSecond / frames * RateReserve;
        return (int)Math.Min(Math.Ceiling(bitsPerSecond / 10_000) * 10_000, int.MaxValue);
    }

    private string Uneven(long frame) => $"frames are not evenly spaced (at {Clock(frame)})";

    private string Clock(long frame)
    {
        var time = frameRate.StartOf(Math.Max(0, frame)).SinceZero;
        return string.Create(CultureInfo.InvariantCulture, $"{(int)time.TotalHours}:{time.Minutes:00}:{time.Seconds:00}");
    }
}
