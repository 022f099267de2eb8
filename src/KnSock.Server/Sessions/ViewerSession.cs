using KnSock.Media;
using KnSock.Protocol;
using KnSock.Protocol.Messages;
using KnSock.Server.Access;
using KnSock.Server.Adaptation;
using KnSock.Server.Loops;

namespace KnSock.Server.Sessions;

/// <summary>
/// One viewer: hears what it wants and how its playout stands, and sends it the media. It lives on a sender loop, whose thread calls all its members, and waits
/// for nothing.
/// </summary>
internal sealed partial class ViewerSession : LoopMember, IServedSession, IMessageListener, ISteered
{
    /// <summary>Selections that come faster than this are passed over for the last of them: each may start encoders.</summary>
    private static readonly TimeSpan SelectInterval = TimeSpan.FromMilliseconds(200);

    /// <summary>Checks come at whole tenths of a second, those of many viewers together.</summary>
    private const long CheckGrid = TimeSpan.TicksPerSecond / 10;

    private static readonly TimeSpan CheckInterval = TimeSpan.FromSeconds(1);

    /// <summary>A check may come by so much earlier or later, to go with what is sent: each call costs.</summary>
    private static readonly TimeSpan CheckLeeway = TimeSpan.FromMilliseconds(300);

    private readonly string _id;
    private readonly IViewerConnection _connection;
    private readonly SessionContext _context;
    private readonly SenderLoop _loop;
    private readonly MediaSender _video;
    private readonly MediaSender _audio;
    private readonly LinkEstimator _link = new();
    private readonly SelectionRules _selections;
    private readonly ControlBudget _budget = new();
    private readonly SoundChoice _sound = new(new SoundChoiceOptions());
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private byte[]? _catalog;
    private Playing? _playing;
    private Playing? _next;
    private TimeSpan _startedAt = -SelectInterval;
    private TimeSpan _beganAt;
    private TimeSpan _heardAt;
    private TimeSpan _feedbackAt;
    private TimeSpan _sampledAt;
    private TimeSpan _now;
    private TimeSpan _checkAt;
    private FeedbackFigures? _feedback;
    private (int Reports, string Last) _disbelieved;
    private Limits _limits = new();
    private string? _ending;
    private bool _isServerStopping;

    /// <summary>Creates a session; it begins when the loop takes it on.</summary>
    public ViewerSession(string id, IViewerConnection connection, SessionContext context, SenderLoop loop)
    {
        (_id, _connection, _context, _loop) = (id, connection, context, loop);
        _selections = new SelectionRules(context, connection.Admission?.Grant);
        _video = new MediaSender(connection.Video, loop.Segments, context.Metrics, context.GroupsOf(loop), CallAt);
        _audio = connection.Audio is { } audio ? new MediaSender(audio, loop.Segments, context.Metrics) : _video;
    }

    /// <inheritdoc/>
    public string Id => _id;

    /// <inheritdoc/>
    public int Lot => (int)FrameHeader.Checksum(System.Text.Encoding.UTF8.GetBytes(_id));

    /// <inheritdoc/>
    public LinkEstimator Link => _link;

    /// <summary>Completes when the viewer has left, was let go, or the loop has ended.</summary>
    public Task Ended => _ended.Task;

    private bool IsWaiting => _connection.Video.WaitingSince is not null || _connection.Audio?.WaitingSince is not null;

    /// <inheritdoc/>
    public override TimeSpan Run(TimeSpan now)
    {
        try
        {
            return Step(now);
        }
        catch (Exception e) when (e is IOException or ProtocolException)
        {
            return Leave(Describe(e));
        }
    }

    /// <inheritdoc/>
    public override bool OnReady(int tag, Interest ready, TimeSpan now)
    {
        _now = now;
        try
        {
            var happened = _connection.OnReady(tag, ready, this);
            FollowFeedback();
            _asking?.Continue();
            if (happened == ConnectionEvent.Closed)
            {
                _ending ??= "the viewer closed the connection";
            }

            return _ending is not null || happened == ConnectionEvent.Writable || _next is not null || !ReferenceEquals(_catalog, _context.Catalog.Current)
                || _video.HasRoom(Timestamp.FromTimeSpan(now)) || _audio.HasRoom(Timestamp.FromTimeSpan(now));
        }
        catch (Exception e) when (e is IOException or ProtocolException)
        {
            _ending ??= Describe(e);
            return true;
        }
    }

    /// <inheritdoc/>
    public override void End(Exception? fault)
    {
        if (fault is not null)
        {
            Log.SessionFailed(_context.Logger, fault, _id);
        }

        _isServerStopping = fault is null;
        Leave(fault is null ? "the server stops" : "a fault of the server");
    }

    /// <inheritdoc/>
    public void LookAtLink(TimeSpan now)
    {
        _sampledAt = now;
        _link.Add(_connection.Video.Sample(now) + (_connection.Audio?.Sample(now) ?? default), now);
    }

    private static string Describe(Exception e) => e is ProtocolException ? $"it broke the protocol: {DisplayText.Clean(e.Message)}" : "the connection was lost";

    private TimeSpan Step(TimeSpan now)
    {
        if (_video.IsInGroup && now < _checkAt && _next is null && ReferenceEquals(_catalog, _context.Catalog.Current))
        {
            // One of those who are at the live edge together comes by here thirty times a second for all of them.
            var soon = _video.Send(now);
            if (_video.IsInGroup)
            {
                return Earlier(soon, _checkAt);
            }
        }

        _now = now;
        if (_checkAt == TimeSpan.Zero)
        {
            Log.SessionStarted(_context.Logger, _id, _connection.Peer, _connection.Client);
            (_heardAt, _beganAt, _checkAt) = (now, now, CheckAfter(now));
            Announce();
            _context.Explanations.Add(this);
            _connection.Open(_loop, this);
        }

        if (now >= _checkAt - CheckLeeway)
        {
            Check(now);
            _checkAt = CheckAfter(now);
        }

        Announce();
        EndWhatIsGone();
        if (_next is not null && now - _startedAt >= SelectInterval)
        {
            Start(now);
        }

        var due = Send(now);
        IsPatient = _next is null && _video.IsPatient && _audio.IsPatient;
        due = due <= _checkAt + CheckLeeway ? due : _checkAt;
        due = _next is null ? due : Earlier(due, _startedAt + SelectInterval);
        due = Earlier(due, ReckonWithoutReports(now));
        return _ending is { } reason ? Leave(reason) : due;
    }

    private TimeSpan Leave(string reason)
    {
        if (_ended.TrySetResult())
        {
            Watch(playing: null);
            _loop.Remove(this);
            _context.Explanations.Remove(this);
            _asking?.Stop();
            _next?.Steering.Dispose();
            _video.Begin(viewing: null, []);
            _audio.Begin(viewing: null, []);
            _connection.NoteEnd(reason, _isServerStopping);
            _connection.Dispose();
            Log.SessionEnded(_context.Logger, _id, reason);
        }

        return Never;
    }

    /// <summary>Lets a viewer go that takes nothing, or from whom nothing is heard.</summary>
    private void Check(TimeSpan now)
    {
        if (now - _heardAt >= CheckInterval - CheckLeeway)
        {
            // Something may have come that is too little to be told of.
            _ending ??= _connection.Hear(this) ? null : "the viewer closed the connection";
            FollowFeedback();
        }

        if (_disbelieved.Reports > 0)
        {
            Log.FeedbackDisbelieved(_context.Logger, _id, _disbelieved.Reports, _disbelieved.Last);
            _disbelieved = default;
        }

        var limit = _context.NoProgressTimeout;
        if (now - _heardAt > _context.IdleTimeout)
        {
            _ending ??= $"nothing was heard for {_context.IdleTimeout.TotalSeconds:0} s";
        }
        else if (now - _connection.Video.WaitingSince > limit || now - _connection.Audio?.WaitingSince > limit)
        {
            _ending ??= $"it took nothing for {limit.TotalSeconds:0} s";
        }
        else if (_connection.Admission is { } admission && now >= admission.Until && _ending is null)
        {
            Send(new ErrorNotice { Code = TokenCheck.Code, Message = TokenCheck.Expired });
            _ending ??= TokenCheck.Expired;
        }
    }

    private void Send(ControlMessage message) => Send(MessageJson.WriteLine(message));

    private void Send(ReadOnlyMemory<byte> line)
    {
        if (!_connection.Send(line))
        {
            _ending ??= "it does not read its messages";
        }
    }

    /// <summary>When it is looked at again: at the same moments as others, so that what all of them said is read in one go.</summary>
    private static TimeSpan CheckAfter(TimeSpan now)
    {
        var due = now + CheckInterval;
        return due + TimeSpan.FromTicks((CheckGrid - (due.Ticks % CheckGrid)) % CheckGrid);
    }

    private static TimeSpan Earlier(TimeSpan a, TimeSpan b) => a < b ? a : b;

    private sealed record Playing(Viewing Viewing, RungSteering Steering);
}
