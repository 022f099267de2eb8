using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using KnSock.Protocol.Messages;

namespace KnSock.Client.Tests.Server;

/// <summary>A server on loopback that speaks the protocol with synthetic units, and misbehaves when it is told to.</summary>
internal sealed class FakeServer : IAsyncDisposable
{
    private readonly TcpListener _video;
    private readonly TcpListener _audio;
    private readonly TcpListener _control;
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<string, FakeSession> _sessions = new(StringComparer.Ordinal);
    private readonly List<Task> _loops = [];

    public FakeServer(params SyntheticChannel[] channels)
    {
        Channels = channels.Length > 0 ? channels : [new SyntheticChannel(0, "one"), new SyntheticChannel(1, "two")];
        (_video, _audio, _control) = (Listen(), Listen(), Listen());
        _loops.Add(AcceptAsync(_video, GreetAsync));
        _loops.Add(AcceptAsync(_audio, AttachAudioAsync));
        _loops.Add(AcceptAsync(_control, AttachControlAsync));
    }

    public IReadOnlyList<SyntheticChannel> Channels { get; }

    public int Port => ((IPEndPoint)_video.LocalEndpoint).Port;

    public int AudioPort => ((IPEndPoint)_audio.LocalEndpoint).Port;

    public (int Newest, int Oldest) Versions { get; set; } = (1, 1);

    /// <summary>What a hello is answered with instead of the catalog.</summary>
    public ErrorNotice? Refusal { get; set; }

    /// <summary>Changes the bytes of each frame on their way.</summary>
    public Func<byte[], byte[]> Damage { get; set; } = bytes => bytes;

    /// <summary>Sends without regard to what the client says of its position.</summary>
    public bool Floods { get; set; }

    /// <summary>Offers to send the sound on the video connection.</summary>
    public bool OffersSharedAudio { get; init; }

    /// <summary>The rung that is sent from the next GOP on.</summary>
    public int Rung { get; set; }

    /// <summary>Refuses connections while set.</summary>
    public bool IsDown { get; set; }

    public ConcurrentQueue<ControlMessage> Received { get; } = new();

    public int SessionsBegun { get; private set; }

    public int AudioConnections { get; private set; }

    public FakeSession Session => _sessions.Values.Last(s => !s.IsOver);

    public LiveStreamClientOptions Options => new() { VideoPort = Port, ConnectTimeout = TimeSpan.FromSeconds(3), ReconnectTimeout = TimeSpan.FromSeconds(3) };

    public void DropConnections()
    {
        foreach (var session in _sessions.Values)
        {
            session.Close();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        DropConnections();
        _video.Stop();
        _audio.Stop();
        _control.Stop();
        foreach (var loop in _loops)
        {
            await loop.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static TcpListener Listen()
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return listener;
    }

    private async Task AcceptAsync(TcpListener listener, Func<Socket, Task> handle)
    {
        while (true)
        {
            var socket = await listener.AcceptSocketAsync(_stop.Token);
            socket.NoDelay = true;
            if (IsDown)
            {
                socket.Dispose();
                continue;
            }

            _ = HandleAsync(socket, handle);
        }
    }

    private static async Task HandleAsync(Socket socket, Func<Socket, Task> handle)
    {
        try
        {
            await handle(socket);
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException or OperationCanceledException)
        {
            socket.Dispose();
        }
    }

    private async Task GreetAsync(Socket socket)
    {
        var token = Guid.NewGuid().ToString("N");
        var session = new FakeSession(this, socket, _stop.Token);
        SessionsBegun++;
        _sessions[token] = session;
        await session.SendVideoAsync(MessageJson.WriteLine(new Greeting
        {
            Videos = [.. Channels.Select(c => c.Info.Name)],
            KnSock = Versions.Newest,
            OldestKnSock = Versions.Oldest,
            Session = token,
            AudioPort = AudioPort,
            ControlPort = ((IPEndPoint)_control.LocalEndpoint).Port,
            SharedAudio = OffersSharedAudio ? true : null,
        }));
        using var reader = new StreamReader(new NetworkStream(socket));
        await reader.ReadLineAsync(_stop.Token);
    }

    private async Task AttachAudioAsync(Socket socket)
    {
        using var reader = new StreamReader(new NetworkStream(socket));
        var line = await reader.ReadLineAsync(_stop.Token) ?? string.Empty;
        var attach = MessageJson.ReadAttach(System.Text.Encoding.UTF8.GetBytes(line));
        AudioConnections++;
        _sessions[attach.Session!].AttachAudio(socket);
    }

    private async Task AttachControlAsync(Socket socket)
    {
        var stream = new NetworkStream(socket);
        using var reader = new StreamReader(stream);
        var hello = (Hello)MessageJson.ReadControl(System.Text.Encoding.UTF8.GetBytes((await reader.ReadLineAsync(_stop.Token))!))!;
        if (Refusal is { } refusal)
        {
            await stream.WriteAsync(MessageJson.WriteLine(refusal), _stop.Token);
            socket.Shutdown(SocketShutdown.Both);
            return;
        }

        var session = _sessions[hello.Session!];
        session.AttachControl(socket, hello.SharedAudio == true);
        await session.SendControlAsync(new Catalog { Channels = [.. Channels.Select(c => c.Info)] });
        while (await reader.ReadLineAsync(_stop.Token) is { } line)
        {
            if (MessageJson.ReadControl(System.Text.Encoding.UTF8.GetBytes(line)) is { } message)
            {
                Received.Enqueue(message);
                await session.OnControlAsync(message);
            }
        }

        session.Close();
    }
}
