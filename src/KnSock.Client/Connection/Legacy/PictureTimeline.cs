using KnSock.Client.Playout;
using KnSock.Media;

namespace KnSock.Client.Connection.Legacy;

/// <summary>Gives the pictures of a kn-sock server places on the viewer's timeline, whose zero is the first of them, and measures their rate.</summary>
/// <remarks>
/// A picture stands as far behind the one before as its time says. Where that goes back, or on by over two seconds, the server's clock was set, its file began anew or it stood still:
/// then the picture follows the one before, as it does in the file. Times that for six seconds go ten percent faster or slower than pictures come are not
/// those of sending; from then on a picture's place is when it comes. Holds no clock.
/// </remarks>
internal sealed class PictureTimeline
{
    private static readonly TimeSpan LongestStep = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LeastStep = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan Trial = TimeSpan.FromSeconds(3);
    private const double MostAstray = 0.1;

    /// <summary>kn-sock's, until two have come.</summary>
    private static readonly TimeSpan FirstPeriod = TimeSpan.FromSeconds(1 / 30.0);

    /// <summary>Steps that the rate is measured by: about two seconds.</summary>
    private const int Measured = 64;

    private readonly ArrivalTimes _arrivals = new();
    private readonly Queue<TimeSpan> _steps = new();
    private TimeSpan _sum;
    private (double Time, TimeSpan At, Timestamp Pts)? _last;
    private (TimeSpan At, Timestamp Pts) _trial;
    private int _astray;
    private bool _goesByArrival;
    private Timestamp _edge;

    /// <summary>Pictures a second. 0: not known before the second one.</summary>
    public double FrameRate => _steps.Count == 0 || _sum <= TimeSpan.Zero ? 0 : _steps.Count / _sum.TotalSeconds;

    /// <summary>For how long a picture is seen until the next one comes.</summary>
    public TimeSpan Period => _steps.Count == 0 ? FirstPeriod : _sum / _steps.Count;

    /// <summary>Whether a picture has come.</summary>
    public bool HasBegun => _last is not null;

    /// <summary>Places the next picture.</summary>
    /// <param name="time">What the server says of its time, seconds.</param>
    /// <param name="now">The present time.</param>
    /// <returns>Where it stands; later than all before it.</returns>
    public Timestamp Place(double time, TimeSpan now)
    {
        var pts = Timestamp.Zero;
        if (_last is { } last)
        {
            var step = _goesByArrival ? Later(now - last.At, LeastStep) : TimeSpan.FromSeconds(Math.Clamp(time - last.Time, -10, 10));
            var isContinued = step >= LeastStep && step <= LongestStep;
            pts = last.Pts + (isContinued ? step : Period);
            if (isContinued)
            {
                Measure(step);
                Try(pts, now);
            }
            else
            {
                BeginTrial(pts, now);
            }
        }
        else
        {
            BeginTrial(pts, now);
        }

        _last = (time, now, pts);
        _arrivals.Add(pts, now);
        return pts;
    }

    /// <summary>Where the newest picture stands, or would if they went on coming as the fastest of the last two seconds; where none came in them it stands still.</summary>
    public Timestamp EdgeAt(TimeSpan now)
    {
        if (_arrivals.DepthAt(Timestamp.Zero, now) is { } edge)
        {
            _edge = Timestamp.Max(_edge, Timestamp.FromTimeSpan(edge));
        }

        return _edge;
    }

    private void Measure(TimeSpan step)
    {
        _steps.Enqueue(step);
        _sum += step;
        if (_steps.Count > Measured)
        {
            _sum -= _steps.Dequeue();
        }
    }

    private void BeginTrial(Timestamp pts, TimeSpan now) => _trial = (now, pts);

    /// <summary>Holds the server's times against those of arrival.</summary>
    private void Try(Timestamp pts, TimeSpan now)
    {
        if (_goesByArrival || now - _trial.At < Trial)
        {
            return;
        }

        var pace = (pts - _trial.Pts) / (now - _trial.At);
        var direction = pace > 1 + MostAstray ? 1 : pace < 1 - MostAstray ? -1 : 0;
        // What was held up on the way comes slowly and then fast.
        _goesByArrival = direction != 0 && direction == _astray;
        _astray = direction;
        BeginTrial(pts, now);
    }

    private static TimeSpan Later(TimeSpan a, TimeSpan b) => a > b ? a : b;
}
