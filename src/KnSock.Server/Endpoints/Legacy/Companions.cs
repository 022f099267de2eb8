using System.Diagnostics.CodeAnalysis;
using System.Net;

namespace KnSock.Server.Endpoints.Legacy;

/// <summary>
/// Brings viewers together with further connections of theirs that say nothing of whose they are, by address and order of arrival: the viewer that has waited longest at an address gets the
/// connection that came first from it. From any thread.
/// </summary>
/// <typeparam name="T">A connection.</typeparam>
internal sealed class Companions<T>
    where T : class
{
    private readonly Dictionary<IPAddress, Address> _addresses = [];
    private readonly Lock _lock = new();

    /// <summary>How many addresses somebody or something waits at.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _addresses.Count;
            }
        }
    }

    /// <summary>A viewer waits for a connection.</summary>
    /// <param name="address">Its address.</param>
    /// <param name="take">Takes the connection; is called at most once, perhaps at once, and must not wait.</param>
    /// <returns>What it waits with; to be withdrawn when it waits no more.</returns>
    public Wanted Want(IPAddress address, Action<T> take)
    {
        var wanted = new Wanted(Normal(address), take);
        lock (_lock)
        {
            At(wanted.Address).Viewers.AddLast(wanted);
        }

        Match(wanted.Address);
        return wanted;
    }

    /// <summary>A connection has come, and is going to wait for its viewer unless it is withdrawn before: it has its place in the order, and those behind it wait until it is clear whose it may be.</summary>
    /// <returns>What it waits with; for <see cref="Offered"/>, and to be withdrawn when it waits no more.</returns>
    public Offer Have(IPAddress address, T connection)
    {
        var offer = new Offer(Normal(address), connection);
        lock (_lock)
        {
            At(offer.Address).Connections.AddLast(offer);
        }

        return offer;
    }

    /// <summary>A connection may be given to a viewer from now on.</summary>
    public void Offered(Offer offer)
    {
        lock (_lock)
        {
            offer.IsReady = true;
        }

        Match(offer.Address);
    }

    /// <summary>A viewer waits no more.</summary>
    public void Withdraw(Wanted wanted)
    {
        lock (_lock)
        {
            if (_addresses.TryGetValue(wanted.Address, out var at))
            {
                at.Viewers.Remove(wanted);
                Forget(wanted.Address, at);
            }
        }
    }

    /// <summary>A connection waits no more.</summary>
    /// <returns>False if it was taken before.</returns>
    public bool TryWithdraw(Offer offer)
    {
        lock (_lock)
        {
            if (!_addresses.TryGetValue(offer.Address, out var at) || !at.Connections.Remove(offer))
            {
                return false;
            }

            Forget(offer.Address, at);
        }

        // Others may have waited for it to be clear.
        Match(offer.Address);
        return true;
    }

    private static IPAddress Normal(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;

    private void Match(IPAddress address)
    {
        while (TryTakePair(address, out var wanted, out var offer))
        {
            wanted.Take(offer.Connection);
            offer.SetTaken();
        }
    }

    private bool TryTakePair(IPAddress address, [NotNullWhen(true)] out Wanted? wanted, [NotNullWhen(true)] out Offer? offer)
    {
        (wanted, offer) = (null, null);
        lock (_lock)
        {
            if (!_addresses.TryGetValue(address, out var at) || at.Viewers.First is not { } viewer || at.Connections.First is not { Value.IsReady: true } connection)
            {
                return false;
            }

            (wanted, offer) = (viewer.Value, connection.Value);
            at.Viewers.RemoveFirst();
            at.Connections.RemoveFirst();
            Forget(address, at);
            return true;
        }
    }

    private Address At(IPAddress address)
    {
        if (!_addresses.TryGetValue(address, out var at))
        {
            _addresses[address] = at = new Address();
        }

        return at;
    }

    private void Forget(IPAddress address, Address at)
    {
        if (at.Viewers.Count == 0 && at.Connections.Count == 0)
        {
            _addresses.Remove(address);
        }
    }

    /// <summary>A viewer that waits.</summary>
    public sealed class Wanted(IPAddress address, Action<T> take)
    {
        internal IPAddress Address => address;

        internal void Take(T connection) => take(connection);
    }

    /// <summary>A connection that waits.</summary>
    public sealed class Offer(IPAddress address, T connection)
    {
        private readonly TaskCompletionSource _taken = new(TaskCreationOptions.RunContinuationsAsynchronously);

        /// <summary>Completes when it belongs to a viewer.</summary>
        public Task Taken => _taken.Task;

        internal IPAddress Address => address;

        internal T Connection => connection;

        internal bool IsReady { get; set; }

        internal void SetTaken() => _taken.TrySetResult();
    }

    private sealed class Address
    {
        public LinkedList<Wanted> Viewers { get; } = [];

        public LinkedList<Offer> Connections { get; } = [];
    }
}
