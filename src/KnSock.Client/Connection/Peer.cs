using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;
using KnSock.Protocol;

namespace KnSock.Client.Connection;

/// <summary>One TCP connection: bytes in, bytes out, lines where lines are spoken.</summary>
internal sealed class Peer : IAsyncDisposable
{
    private const int ReadSize = 64 * 1024;

    /// <summary>The first bytes of what a server of TLS says to one who does not speak it (RFC 8446, 5.1).</summary>
    private const byte TlsAlert = 21;

    private const byte TlsMajorVersion = 3;

    private const int ProtocolTcp = 6;

    /// <summary>Linux's <c>TCP_QUICKACK</c>.</summary>
    private const int OptionQuickAcknowledgement = 12;

    private readonly Socket _socket;
    private readonly Stream _stream;

    private Peer(Socket socket, Stream stream, string address)
    {
        _socket = socket;
        _stream = stream;
        Address = address;
        Input = PipeReader.Create(_stream, new StreamPipeReaderOptions(bufferSize: ReadSize, minimumReadSize: ReadSize / 4));
    }

    /// <summary>Host and port as the user knows them.</summary>
    public string Address { get; }

    /// <summary>What comes from the server.</summary>
    public PipeReader Input { get; }

    /// <summary>The address that answered, so that the further connections go to the same machine.</summary>
    public IPAddress RemoteAddress => ((IPEndPoint)_socket.RemoteEndPoint!).Address;

    /// <summary>Connects.</summary>
    /// <param name="endPoint">Where to.</param>
    /// <param name="host">The host as the user knows it.</param>
    /// <param name="encryption">How it is encrypted. Null: it is not.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <param name="receiveBuffer">Bytes that the system takes in before they are read. Null: as the system thinks best, which is up to some megabytes.</param>
    /// <exception cref="SocketException">It cannot be had.</exception>
    /// <exception cref="LiveStreamException">The two do not speak TLS with each other.</exception>
    public static async Task<Peer> ConnectAsync(EndPoint endPoint, string host, Encryption? encryption, CancellationToken cancellationToken, int? receiveBuffer = null)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        if (receiveBuffer is { } bytes)
        {
            socket.ReceiveBufferSize = bytes;
        }

        try
        {
            await socket.ConnectAsync(endPoint, cancellationToken);
            var address = ConnectFailure.AddressText(host, endPoint is DnsEndPoint dns ? dns.Port : ((IPEndPoint)endPoint).Port);
            Stream stream = new NetworkStream(socket, ownsSocket: true);
            return new Peer(socket, encryption is null ? stream : await EncryptAsync(stream, encryption, address, cancellationToken), address);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Sends bytes.</summary>
    public ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken) => _stream.WriteAsync(bytes, cancellationToken);

    /// <summary>
    /// Nothing more is sent on it. A system that has seen an answer on a connection expects another and holds acknowledgements back for it (Linux's interactive mode), so the server
    /// would take the way to be tens of milliseconds longer than it is; from now on what comes is acknowledged when it is read. Elsewhere nothing happens.
    /// </summary>
    public void OnlyReceives()
    {
        if (OperatingSystem.IsLinux())
        {
            try
            {
                _socket.SetRawSocketOption(ProtocolTcp, OptionQuickAcknowledgement, BitConverter.GetBytes(1));
            }
            catch (SocketException)
            {
                // The connection broke at once; reading from it finds out, too.
            }
        }
    }

    /// <summary>Reads the next line. Null when the server closed the connection before one was complete.</summary>
    /// <param name="lines">Finds the lines of this connection.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ProtocolException">The line is too long, or what comes is not a line of JSON at all.</exception>
    public async ValueTask<byte[]?> ReadLineAsync(LineReader lines, CancellationToken cancellationToken)
    {
        while (true)
        {
            var result = await Input.ReadAsync(cancellationToken);
            var buffer = result.Buffer;
            ThrowUnlessJson(buffer);
            if (lines.TryReadLine(ref buffer, out var line))
            {
                var bytes = line.ToArray();
                Input.AdvanceTo(buffer.Start);
                return bytes;
            }

            Input.AdvanceTo(buffer.Start, buffer.End);
            if (result.IsCompleted)
            {
                return null;
            }
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Input.CompleteAsync();
        await _stream.DisposeAsync();
    }

    private static async Task<Stream> EncryptAsync(Stream connection, Encryption encryption, string address, CancellationToken cancellationToken)
    {
        try
        {
            return await encryption.BeginAsync(connection, cancellationToken);
        }
        catch (AuthenticationException e)
        {
            throw ConnectFailure.NotEncrypted(address, e);
        }
        catch (IOException e)
        {
            throw ConnectFailure.NoTls(address, e);
        }
    }

    /// <summary>Tells at the first byte that something else speaks there, instead of waiting for a line that never ends.</summary>
    private static void ThrowUnlessJson(in ReadOnlySequence<byte> buffer)
    {
        if (buffer.IsEmpty || buffer.FirstSpan is [(byte)'{', ..])
        {
            return;
        }

        Span<byte> start = stackalloc byte[5];
        var length = (int)Math.Min(buffer.Length, start.Length);
        buffer.Slice(0, length).CopyTo(start);
        var what = start switch
        {
            _ when start.StartsWith("HTTP/"u8) || start.StartsWith("<"u8) => "it speaks HTTP",
            _ when start.StartsWith("SSH-"u8) => "it speaks SSH",
            _ when start.StartsWith((ReadOnlySpan<byte>)[TlsAlert, TlsMajorVersion]) => "it speaks TLS; connect with TLS",
            _ => "it speaks another protocol",
        };
        throw new ProtocolException(ProtocolErrorCode.NotKnSock, what);
    }
}
