using KnSock.Protocol.Messages;
using KnSock.Server.Channels;

namespace KnSock.Server.Sessions;

/// <summary>The catalog as the line that is sent, written once for all viewers and anew when it has changed.</summary>
/// <param name="channels">The channels on offer; gone through anew each time, for they come and go.</param>
/// <param name="changed">Pulsed when what they say of themselves has changed.</param>
internal sealed class CatalogLine(IEnumerable<Channel> channels, AsyncSignal changed)
{
    private readonly Lock _lock = new();
    private Task? _until;
    private byte[] _line = [];

    /// <summary>The line at present; another object when the catalog has changed.</summary>
    public byte[] Current
    {
        get
        {
            if (Volatile.Read(ref _until) is { IsCompleted: false })
            {
                return Volatile.Read(ref _line);
            }

            lock (_lock)
            {
                if (_until is not { IsCompleted: false })
                {
                    var until = changed.Next;
                    Volatile.Write(ref _line, MessageJson.WriteLine(new Catalog { Channels = [.. channels.Select(c => c.Info)] }));
                    Volatile.Write(ref _until, until);
                }

                return _line;
            }
        }
    }
}
