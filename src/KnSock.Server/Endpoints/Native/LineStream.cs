using System.Buffers;
using System.IO.Pipelines;
using System.Net.Sockets;
using KnSock.Protocol;

namespace KnSock.Server.Endpoints.Native;

/// <summary>Reads bounded lines from a connection.</summary>
internal sealed class LineStream(Stream connection)
{
    private readonly PipeReader _input = PipeReader.Create(connection, new StreamPipeReaderOptions(bufferSize: 1024, minimumReadSize: 256));
    private readonly LineReader _lines = new(ProtocolLimits.MaxClientLine);

    /// <summary>The next line; null when the connection ended or broke.</summary>
    /// <exception cref="ProtocolException">The line is too long.</exception>
    public async ValueTask<byte[]?> ReadAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                var result = await _input.ReadAsync(cancellationToken);
                var buffer = result.Buffer;
                if (_lines.TryReadLine(ref buffer, out var line))
                {
                    var bytes = line.ToArray();
                    _input.AdvanceTo(buffer.Start);
                    return bytes;
                }

                _input.AdvanceTo(buffer.Start, buffer.End);
                if (result.IsCompleted)
                {
                    return null;
                }
            }
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException)
        {
            return null;
        }
    }
}
