using System.Net;
using System.Net.Sockets;
using KnSock.Client.Connection.Legacy;
using KnSock.Protocol;
using KnSock.Protocol.Messages;

namespace KnSock.Client.Connection;

/// <summary>Brings the connections of a viewer session about: the picture's first, then control and, where the sound has one of its own, the sound's.</summary>
internal sealed class Handshake(LiveStreamClientOptions options)
{
    /// <summary>
    /// After this much silence the client says its line although the server has not: a server of ours takes it as the answer it waits for, and
    /// one that speaks HTTP answers that it cannot make sense of it, which says more than silence.
    /// </summary>
    private static readonly TimeSpan PatienceWithSilence = TimeSpan.FromSeconds(1);

    private static readonly string ClientName = $"knsock/{typeof(Handshake).Assembly.GetName().Version?.ToString(3)}";

    private readonly List<Peer> _peers = [];
    private readonly Encryption? _encryption = Encryption.Of(options);

    /// <summary>Connects.</summary>
    /// <exception cref="LiveStreamException">It cannot be done.</exception>
    public async Task<IServerConnection> ConnectAsync(CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(options.ConnectTimeout, options.TimeProvider);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        try
        {
            return await ConnectWithinAsync(linked.Token);
        }
        catch (Exception e)
        {
            foreach (var peer in _peers)
            {
                await peer.DisposeAsync();
            }

            cancellationToken.ThrowIfCancellationRequested();
            throw e is OperationCanceledException ? ConnectFailure.NoAnswer(options.Host, options.VideoPort, options.ConnectTimeout) : e;
        }
    }

    private async Task<IServerConnection> ConnectWithinAsync(CancellationToken cancellationToken)
    {
        var video = await OpenAsync(address: null, options.VideoPort, cancellationToken);
        var (greeting, isAnswered) = await GreetAsync(video, cancellationToken);
        if (options.Legacy || greeting.KnSock is null)
        {
            return await ToLegacyAsync(video, greeting, isAnswered);
        }

        await AttachAsync(video, greeting, isAnswered, cancellationToken);
        var session = greeting.Session!;
        var isShared = greeting.SharedAudio == true && !options.WantsOwnAudioConnection;
        var audio = isShared ? Task.FromResult<Peer?>(null) : OpenAudioAsync(video, greeting.AudioPort ?? options.VideoPort + 1, session, cancellationToken);
        var control = OpenControlAsync(video, greeting.ControlPort ?? options.VideoPort + 10, session, isShared, cancellationToken);
        await Task.WhenAll(audio, control);
        var (controlPeer, lines, catalog) = await control;
        return new ServerConnection(video, await audio, controlPeer, lines, catalog);
    }

    private async Task<Peer> OpenAsync(IPAddress? address, int port, CancellationToken cancellationToken)
    {
        try
        {
            EndPoint endPoint = address is not null ? new IPEndPoint(address, port)
                : IPAddress.TryParse(options.Host, out var parsed) ? new IPEndPoint(parsed, port)
                : new DnsEndPoint(options.Host, port);
            var peer = await Peer.ConnectAsync(endPoint, options.Host, _encryption, cancellationToken);
            lock (_peers)
            {
                _peers.Add(peer);
            }

            return peer;
        }
        catch (SocketException e)
        {
            throw ConnectFailure.NotConnected(options.Host, port, e);
        }
        catch (OperationCanceledException)
        {
            throw ConnectFailure.NoAnswer(options.Host, port, options.ConnectTimeout);
        }
    }

    /// <summary>Reads the greeting.</summary>
    /// <returns>The greeting, and whether the client has said its line already.</returns>
    private async Task<(Greeting Greeting, bool IsAnswered)> GreetAsync(Peer video, CancellationToken cancellationToken)
    {
        var answered = false;
        var line = ReadFirstLineAsync(video, new LineReader(ProtocolLimits.MaxServerLine), cancellationToken);
        var patience = options.Legacy ? Task.Delay(Timeout.InfiniteTimeSpan, options.TimeProvider, cancellationToken)
            : Task.Delay(PatienceWithSilence, options.TimeProvider, cancellationToken);
        if (await Task.WhenAny(line, patience) == patience && patience.IsCompletedSuccessfully)
        {
            await WriteAsync(video, AttachLine(), cancellationToken);
            answered = true;
        }

        return (ReadGreeting(video.Address, await line), answered);
    }

    private async Task<IServerConnection> ToLegacyAsync(Peer video, Greeting greeting, bool isAnswered)
    {
        if (greeting.Videos.Count == 0)
        {
            throw ConnectFailure.LegacyHasNoVideos(video.Address);
        }

        if (isAnswered)
        {
            // It takes the line that was meant to make it speak for the choice of its first video.
            await video.DisposeAsync();
        }

        return new LegacyConnection(options, LegacyCatalog.Of(greeting.Videos), isAnswered ? null : video);
    }

    private static async Task AttachAsync(Peer video, Greeting greeting, bool isAnswered, CancellationToken cancellationToken)
    {
        var newest = greeting.KnSock!.Value;
        var oldest = greeting.OldestKnSock ?? newest;
        if (ProtocolLimits.Version < oldest || ProtocolLimits.Version > newest)
        {
            throw ConnectFailure.Version(video.Address, oldest, newest);
        }

        if (greeting.Session is null)
        {
            throw ConnectFailure.NotKnSock(video.Address, new ProtocolException(ProtocolErrorCode.Malformed, "its greeting has no session"));
        }

        if (!isAnswered)
        {
            await WriteAsync(video, AttachLine(), cancellationToken);
        }

        video.OnlyReceives();
    }

    private static byte[] AttachLine() => MessageJson.WriteLine(new Attach { KnSock = ProtocolLimits.Version });

    private static Greeting ReadGreeting(string address, byte[] line)
    {
        try
        {
            return MessageJson.ReadGreeting(line);
        }
        catch (ProtocolException e)
        {
            throw TryReadError(line) is { } error ? ConnectFailure.Refused(address, error) : ConnectFailure.NotKnSock(address, e);
        }
    }

    private async Task<Peer?> OpenAudioAsync(Peer video, int announcedPort, string session, CancellationToken cancellationToken)
    {
        var audio = await OpenAsync(video.RemoteAddress, options.AudioPort ?? announcedPort, cancellationToken);
        await WriteAsync(audio, MessageJson.WriteLine(new Attach { KnSock = ProtocolLimits.Version, Session = session }), cancellationToken);
        audio.OnlyReceives();
        return audio;
    }

    private async Task<(Peer Peer, LineReader Lines, Catalog Catalog)> OpenControlAsync(
        Peer video, int announcedPort, string session, bool sharesAudio, CancellationToken cancellationToken)
    {
        var control = await OpenAsync(video.RemoteAddress, options.ControlPort ?? announcedPort, cancellationToken);
        var hello = new Hello { KnSock = ProtocolLimits.Version, Session = session, Client = ClientName, SharedAudio = sharesAudio ? true : null, Token = options.Token };
        await WriteAsync(control, MessageJson.WriteLine(hello), cancellationToken);
        var lines = new LineReader(ProtocolLimits.MaxServerLine);
        while (true)
        {
            var line = await ReadFirstLineAsync(control, lines, cancellationToken);
            switch (ReadControl(control.Address, line))
            {
                case Catalog catalog:
                    return (control, lines, catalog);
                case ErrorNotice error:
                    throw ConnectFailure.Refused(control.Address, error);
            }
        }
    }

    private static ControlMessage? ReadControl(string address, byte[] line)
    {
        try
        {
            return MessageJson.ReadControl(line);
        }
        catch (ProtocolException e)
        {
            throw ConnectFailure.NotKnSock(address, e);
        }
    }

    private static ErrorNotice? TryReadError(byte[] line)
    {
        try
        {
            return MessageJson.ReadControl(line) as ErrorNotice;
        }
        catch (ProtocolException)
        {
            return null;
        }
    }

    private async Task<byte[]> ReadFirstLineAsync(Peer peer, LineReader lines, CancellationToken cancellationToken)
    {
        try
        {
            return await peer.ReadLineAsync(lines, cancellationToken) ?? throw ConnectFailure.Closed(peer.Address);
        }
        catch (ProtocolException e)
        {
            throw ConnectFailure.NotKnSock(peer.Address, e);
        }
        catch (IOException e)
        {
            throw ConnectFailure.Closed(peer.Address, e);
        }
        catch (OperationCanceledException)
        {
            throw ConnectFailure.Silent(peer.Address, options.ConnectTimeout);
        }
    }

    private static async Task WriteAsync(Peer peer, byte[] line, CancellationToken cancellationToken)
    {
        try
        {
            await peer.WriteAsync(line, cancellationToken);
        }
        catch (IOException e)
        {
            throw ConnectFailure.Closed(peer.Address, e);
        }
    }
}
