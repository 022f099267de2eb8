using KnSock.Protocol.Messages;
using KnSock.Server.Access;
using KnSock.Server.Channels;

namespace KnSock.Server.Sessions;

/// <summary>The catalog as the line that is sent, written once for all viewers and anew when it has changed.</summary>
/// <param name="channels">The channels on offer; gone through anew each time, for they come and go.</param>
/// <param name="changed">Pulsed when what they say of themselves has changed.</param>
internal sealed class CatalogLine(IEnumerable<Channel> channels, AsyncSignal changed)
{
    /// <summary>Lines for those to whom not all is open; beyond these they are written for each.</summary>
    private const int MostKept = 64;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, byte[]> _lines = new(StringComparer.Ordinal);
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
                    _lines.Clear();
                    Volatile.Write(ref _line, MessageJson.WriteLine(new Catalog { Channels = [.. channels.Select(c => c.Info)] }));
                    Volatile.Write(ref _until, until);
                }

                return _line;
            }
        }
    }

    /// <summary>The line for one to whom not all is open, as of the last call of <see cref="Current"/> or later.</summary>
    public byte[] Of(ViewerGrant grant)
    {
        if (grant.OpensAll)
        {
            return Current;
        }

        lock (_lock)
        {
            var open = channels.Select(c => c.Info).Where(c => grant.Opens(c.Name)).ToList();
            var key = string.Join('\n', open.Select(c => c.Name));
            if (!_lines.TryGetValue(key, out var line))
            {
                line = MessageJson.WriteLine(new Catalog { Channels = open });
                if (_lines.Count < MostKept)
                {
                    _lines[key] = line;
                }
            }

            return line;
        }
    }
}
