using System.Net.Sockets;
using KnSock.Media;
using KnSock.Protocol;
using KnSock.Protocol.Legacy;
using KnSock.Server.Adaptation;
using KnSock.Server.Channels;
using KnSock.Server.Endpoints.Native;
using KnSock.Server.Loops;
using KnSock.Server.Sessions;

namespace KnSock.Server.Endpoints.Legacy;

/// <summary>One viewer with kn-sock's own client: sends it pictures and sound of the broadcast, hears how much it has in its buffer, and chooses its rung by that. It lives on a sender loop.</summary>
internal sealed partial class LegacySession : LoopMember, IServedSession, IMessageListener, IDisposable
{
    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(100);

    private readonly Channel _channel;
    private readonly LegacyMedia _media;
    private readonly SessionContext _context;
    private readonly SenderLoop _loop;
    private readonly string _peer;
    private readonly LegacyConnections _connections;
    private readonly LegacyFeeds _feeds;
    private readonly LegacySteering _steering;
    private readonly ControlBudget _budget = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TimeSpan? _joinedAt;
    private TimeSpan? _begunAt;
    private TimeSpan _lookAt;
    private TimeSpan _now;
    private string? _ending;

    /// <summary>Creates a session; it begins when the loop takes it on.</summary>
    /// <param name="id">What it is called.</param>
    /// <param name="video">The picture's connection, this object's from now on.</param>
    /// <param name="peer">The viewer's address, for the log.</param>
    /// <param name="channel">What it watches.</param>
    /// <param name="context">What sessions share.</param>
    /// <param name="loop">Where it lives.</param>
    public LegacySession(string id, Socket video, string peer, Channel channel, SessionContext context, SenderLoop loop)
    {
        (Id, _peer, _channel, _media, _context, _loop) = (id, peer, channel, channel.Media.Legacy!, context, loop);
        _connections = new LegacyConnections(video, loop, this, context.Clock);
        _feeds = new LegacyFeeds(_media, _connections, loop.Segments, context.Metrics);
        _steering = new LegacySteering(_media, context.Uplink);
    }

    /// <inheritdoc/>
    public string Id { get; }

    /// <inheritdoc/>
    public Task Ended => _ended.Task;

    /// <summary>The sound's connection has come; it is this object's from now on. From any thread.</summary>
    public void Attach(Socket sound) => Post(
        () =>
        {
            _connections.Add(sound);
            _feeds.AddSound();
        },
        sound);

    /// <summary>The control connection has come; it is this object's from now on. From any thread.</summary>
    /// <param name="control">The connection.</param>
    /// <param name="early">Lines that have come already.</param>
    public void Attach(ControlConnection control, IReadOnlyList<byte[]> early) => Post(
        () =>
        {
            _connections.Add(control);
            foreach (var line in early)
            {
                OnMessage(line, behind: []);
            }
        },
        control.Socket);

    /// <inheritdoc/>
    public override TimeSpan Run(TimeSpan now)
    {
        _now = now;
        try
        {
            var due = Step(now);
            return _ending is { } reason ? Leave(reason) : due;
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
            var happened = _connections.OnReady(tag, ready, this);
            if (happened == ConnectionEvent.Closed)
            {
                _ending ??= "the viewer closed the connection";
            }

            _feeds.DropSoundIfClosed();
            return _ending is not null || happened == ConnectionEvent.Writable;
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
            Log.SessionFailed(_context.Logger, fault, Id);
        }

        Leave(fault is null ? "the server stops" : "a fault of the server");
    }

    /// <inheritdoc/>
    public void OnMessage(ReadOnlySpan<byte> line, ReadOnlySpan<byte> behind)
    {
        if (!_budget.TrySpend(line.Length, isFeedback: true, _now))
        {
            _ending ??= "it says too much";
        }
        else if (LegacyFeedback.TryRead(line, out var level))
        {
            _steering.Report(level, _now);
        }
        else
        {
            _context.Metrics.MessageIgnored();
        }
    }

    /// <summary>Lets go of all that it holds. By its loop's thread, at the end.</summary>
    public void Dispose()
    {
        _steering.Dispose();
        _feeds.Dispose();
        _connections.Dispose();
    }

    private static string Describe(Exception e) => e is ProtocolException ? $"it broke the protocol: {DisplayText.Clean(e.Message)}" : "the connection was lost";

    private TimeSpan Step(TimeSpan now)
    {
        Join(now);
        if (_connections.WaitingSince is { } since && now - since > _context.NoProgressTimeout)
        {
            _ending ??= $"it took nothing for {_context.NoProgressTimeout.TotalSeconds:0} s";
            return Never;
        }

        if (_channel.HasEnded)
        {
            // There is no word for it in what such a client hears.
            _ending ??= "its channel is not on offer any more";
            return Never;
        }

        var live = _channel.LivePosition(Timestamp.FromTimeSpan(now));
        if (_begunAt is null && !TryBegin(live, now))
        {
            return now + PictureFeed.StarvedInterval;
        }

        if (now >= _lookAt)
        {
            Look(now);
            _lookAt = now + LookInterval;
        }

        var due = _feeds.Send(live, now);
        _connections.AwaitRoom();
        return due < _lookAt ? due : _lookAt;
    }

    private void Join(TimeSpan now)
    {
        if (_joinedAt is null)
        {
            _joinedAt = now;
            Log.SessionStarted(_context.Logger, Id, _peer, ClientName);
            _context.Explanations.Add(this);
            _channel.CountViewer(1);
            _connections.Open();
        }
    }

    private bool TryBegin(Timestamp live, TimeSpan now)
    {
        if (!_feeds.TryBegin(live, now - _joinedAt!.Value, _steering.First, now))
        {
            return false;
        }

        _begunAt = now;
        _steering.Begin(now);
        Log.Selected(_context.Logger, Id, DisplayText.Clean(_channel.Name), _feeds.Start.TotalSeconds);
        Log.RenditionChanged(_context.Logger, Id, _media.Pictures[_feeds.Picture.Rung].Rendition.Name, "the first rung");
        return true;
    }

    private void Look(TimeSpan now)
    {
        if (_steering.Look(_feeds.Picture, _connections.Sample(now), now) is { } decision)
        {
            OnDecision(decision, now);
        }
    }

    private TimeSpan Leave(string reason)
    {
        if (_ended.TrySetResult())
        {
            if (_joinedAt is not null)
            {
                _channel.CountViewer(-1);
            }

            _loop.Remove(this);
            _context.Explanations.Remove(this);
            Dispose();
            Log.SessionEnded(_context.Logger, Id, reason);
        }

        return Never;
    }

    /// <summary>Does something on the loop, unless the session is over: then what it brings is closed.</summary>
    private void Post(Action action, Socket brought) => _loop.Post(() =>
    {
        if (_ended.Task.IsCompleted)
        {
            brought.Dispose();
            return;
        }

        _now = _context.Clock.Elapsed;
        action();
        if (IsMember)
        {
            _loop.Schedule(this, _now);
        }
    });
}
