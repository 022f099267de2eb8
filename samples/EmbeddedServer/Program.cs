// A live-stream server inside a program of one's own.
// dotnet run --project samples/EmbeddedServer -- video1.mp4 video2.mp4

using KnSock.Server;
using Microsoft.Extensions.Logging;

using var loggers = LoggerFactory.Create(logging => logging.AddSimpleConsole(console => console.SingleLine = true));
using var end = new CancellationTokenSource();
Console.CancelKeyPress += (_, e) =>
{
    e.Cancel = true;
    end.Cancel();
};

await using var server = new LiveStreamServer(
    new LiveStreamServerOptions
    {
        VideoPaths = args,
        VideoPort = 9000,
        AudioPort = 9001,
        Ladder = new LadderOptions { Heights = [720, 480, 240] },
        MaxBuffer = TimeSpan.FromSeconds(4),
        MaxSessions = 50,
        DecisionLogPath = "decisions.jsonl",
    },
    loggers);

try
{
    await server.StartAsync(end.Token);
    foreach (var channel in server.Channels)
    {
        Console.WriteLine($"{channel.Index} {channel.Name}: {channel.Width}x{channel.Height}, {channel.Renditions.Count} rungs");
    }

    await Task.Delay(Timeout.Infinite, end.Token);
}
catch (OperationCanceledException)
{
    // Ctrl+C: the server ends with its scope.
}
catch (LiveStreamServerException e)
{
    Console.Error.WriteLine(e.Message);
    return 1;
}

return 0;
