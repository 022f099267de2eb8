using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.IO.Pipelines;
using System.Net.Sockets;
using KnSock.Protocol;
using KnSock.Server.Tests.Endpoints.Native;

namespace KnSock.Server.Tests.Endpoints.Legacy;

/// <summary>A client that speaks as kn-sock's own does.</summary>
internal sealed class LegacyClient : IDisposable
{
    private readonly Socket _video;
    private readonly List<Socket> _others = [];

    private LegacyClient(Socket video) => _video = video;

    /// <summary>The times of the pictures that came, and their sizes.</summary>
    public ConcurrentQueue<(double Time, int Length)> Pictures { get; } = new();

    /// <summary>The times of the pieces of sound that came.</summary>
    public ConcurrentQueue<double> Sound { get; } = new();

    /// <summary>Completes when the server closed the picture's connection.</summary>
    public Task VideoClosed { get; private set; } = Task.CompletedTask;

    /// <summary>Completes when the server closed the sound's connection.</summary>
    public Task SoundClosed { get; private set; } = Task.CompletedTask;

    /// <summary>Connects to the video port, reads the greeting and answers.</summary>
    public static async Task<LegacyClient> ConnectAsync(LiveStreamServer server, string answer = "{\"index\": 0}")
    {
        var client = new LegacyClient(await TestViewer.OpenAsync(server.VideoPort));
        var input = PipeReader.Create(new NetworkStream(client._video));
        var line = await TestViewer.ReadLineAsync(input, new LineReader(ProtocolLimits.MaxServerLine)) ?? throw new EndOfStreamException("refused");
        Assert.StartsWith("{\"videos\":[", System.Text.Encoding.UTF8.GetString(line), StringComparison.Ordinal);
        await client._video.SendAsync(System.Text.Encoding.UTF8.GetBytes(answer + "\n"));
        client.VideoClosed = client.ReadPicturesAsync(input.AsStream());
        return client;
    }

    /// <summary>Connects to the audio port, where it says nothing.</summary>
    public async Task ConnectSoundAsync(LiveStreamServer server)
    {
        var socket = await TestViewer.OpenAsync(server.AudioPort);
        _others.Add(socket);
        SoundClosed = ReadSoundAsync(new NetworkStream(socket));
    }

    /// <summary>Connects to the control port and reports.</summary>
    public async Task<Socket> ConnectControlAsync(LiveStreamServer server, string report = "{\"buffer_level\": 0.2}")
    {
        var socket = await TestViewer.OpenAsync(server.ControlPort);
        _others.Add(socket);
        await socket.SendAsync(System.Text.Encoding.UTF8.GetBytes(report + "\n"));
        return socket;
    }

    public void Dispose()
    {
        _video.Dispose();
        _others.ForEach(s => s.Dispose());
    }

    private async Task ReadPicturesAsync(Stream stream)
    {
        var header = new byte[12];
        while (await TryReadAsync(stream, header))
        {
            var picture = new byte[BinaryPrimitives.ReadInt32BigEndian(header.AsSpan(8))];
            if (!await TryReadAsync(stream, picture))
            {
                return;
            }

            Assert.Equal([0xFF, 0xD8], picture[..2]);
            Assert.Equal([0xFF, 0xD9], picture[^2..]);
            Pictures.Enqueue((BinaryPrimitives.ReadDoubleBigEndian(header), picture.Length));
        }
    }

    private async Task ReadSoundAsync(Stream stream)
    {
        var piece = new byte[16 + 4096];
        while (await TryReadAsync(stream, piece))
        {
            Assert.Equal("AUD0"u8.ToArray(), piece[..4]);
            Assert.Equal(4096, BinaryPrimitives.ReadInt32BigEndian(piece.AsSpan(12)));
            Sound.Enqueue(BinaryPrimitives.ReadDoubleBigEndian(piece.AsSpan(4)));
        }
    }

    private static async Task<bool> TryReadAsync(Stream stream, byte[] buffer)
    {
        try
        {
            return await stream.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false) == buffer.Length;
        }
        catch (IOException)
        {
            return false;
        }
    }
}
