using KnSock.Protocol.Messages;
using KnSock.Server.Adaptation;

namespace KnSock.Server.Tests.Adaptation;

/// <summary>Estimator and selector in a loop with a link and a viewer, in steps of 10 ms of virtual time.</summary>
public sealed class ClosedLoopTests
{
    private static readonly double[] Rates = [291_000, 831_000, 1_431_000, 2_931_000, 5_131_000];
    private const double Step = 0.01;
    private const double MaxBuffer = 8;
    private const double Burst = 0.5;

    /// <summary>Until the link has shown itself, the first rung is a guess.</summary>
    private const double StartUp = 5;

    private readonly LinkEstimator _link = new();
    private readonly RenditionSelector _selector = new(new RenditionSelectorOptions(), 1);
    private readonly List<(double At, int Rung)> _changes = [];
    private int _rung = 1;
    private double _sentMedia;
    private double _played;
    private double _arrivedBits;
    private double _queuedBits;
    private double _stalled;
    private double _gopLeft;
    private bool _isSending = true;
    private readonly Queue<(double Bits, double Media)> _queue = new();
    private double _arrivedMedia;

    [Fact]
    public void ALinkThatFallsAndComesBackIsFollowedWithoutAStall()
    {
        const double falls = 40, returns = 70, end = 100;
        for (var t = 0.0; t < end; t += Step)
        {
            Advance(t, t is >= falls and < returns ? 1_000_000 : 20_000_000);
        }

        var trace = string.Join(' ', _changes.Select(c => $"{c.At:0.0}s:{c.Rung}"));
        Assert.True(RungAt(falls) == 4, $"not at the top before the fall: {trace}");
        Assert.True(Rates[RungAt(falls + 3)] <= 1_000_000, $"not down within 3 s: {trace}");
        Assert.True(_changes.Where(c => c.At is >= falls + 3 and < returns).All(c => Rates[c.Rung] <= 1_000_000), $"went up on a slow link: {trace}");
        Assert.True(_stalled == 0, $"stalled for {_stalled:0.00} s: {trace}");
        Assert.True(RungAt(returns + 20) == 4, $"not back at the top within 20 s: {trace}");
    }

    [Theory]
    [InlineData(400_000)]
    [InlineData(1_100_000)]
    [InlineData(3_500_000)]
    public void OnASteadyLinkItSettlesBelowTheCapacity(double capacity)
    {
        for (var t = 0.0; t < 120; t += Step)
        {
            Advance(t, capacity);
        }

        var trace = string.Join(' ', _changes.Select(c => $"{c.At:0.0}s:{c.Rung}"));
        Assert.True(Rates[RungAt(120)] <= capacity, trace);
        Assert.True(_changes.Count(c => c.At > 30) <= 12, $"it does not settle: {trace}");
        Assert.True(_stalled < 0.5, $"stalled for {_stalled:0.00} s: {trace}");
    }

    private int RungAt(double at) => _changes.LastOrDefault(c => c.At <= at, (0, 1)).Rung;

    private void Advance(double t, double capacity)
    {
        Send();
        Carry(capacity * Step);
        var buffer = _arrivedMedia - _played;
        if (_arrivedMedia > 0.2)
        {
            var playing = Math.Min(Step, buffer);
            _played += playing;
            _stalled += playing < Step - 1e-9 && t > StartUp ? Step : 0;
        }

        if ((int)Math.Round(t / Step) % 10 == 0)
        {
            Report(t, buffer);
        }
    }

    /// <summary>Hands frames of a 30th of a second to the link as the sender does: up to the horizon, and then again when there is room for a burst.</summary>
    private void Send()
    {
        const double frame = 1 / 30.0;
        var horizon = _played + MaxBuffer;
        _isSending = _isSending ? _sentMedia <= horizon : _sentMedia + Burst <= horizon;
        while (_isSending && _queuedBits < 16 * 1024 * 8)
        {
            if (_gopLeft <= 0)
            {
                (_gopLeft, _rung) = (1, _selector.Rung);
            }

            _queue.Enqueue((Rates[_rung] * frame, frame));
            _queuedBits += Rates[_rung] * frame;
            _sentMedia += frame;
            _gopLeft -= frame;
            _isSending = _sentMedia <= horizon;
        }
    }

    private void Carry(double bits)
    {
        while (bits > 0 && _queue.TryPeek(out var head))
        {
            var carried = Math.Min(bits, head.Bits);
            var media = head.Media * carried / head.Bits;
            _arrivedBits += carried;
            _queuedBits -= carried;
            _arrivedMedia += media;
            bits -= carried;
            _queue.Dequeue();
            if (head.Bits - carried > 1e-6)
            {
                var rest = _queue.ToArray();
                _queue.Clear();
                _queue.Enqueue((head.Bits - carried, head.Media - media));
                foreach (var item in rest)
                {
                    _queue.Enqueue(item);
                }
            }
        }
    }

    private void Report(double t, double buffer)
    {
        var now = TimeSpan.FromSeconds(t + 1);
        _link.Add(new LinkSample((long)(_arrivedBits / 8), _queue.Count > 0), now);
        var decision = _selector.Update(
            new SelectorInput
            {
                State = buffer > 0 ? PlayoutState.Playing : PlayoutState.Stalled,
                Sent = _selector.Rung,
                Buffer = TimeSpan.FromSeconds(Math.Max(0, buffer)),
                MaxBuffer = TimeSpan.FromSeconds(MaxBuffer),
                Link = _link.Estimate,
                Rates = Rates,
            },
            now);
        if (decision is not null)
        {
            _changes.Add((t, decision.Rung));
        }
    }
}
