// A viewer without a window: takes the decoded pictures of ten seconds, counts them and measures how bright they are.
// dotnet run --project samples/HeadlessViewer -- 127.0.0.1 9000

using System.Globalization;
using KnSock.Client;
using KnSock.Player;

var host = args.Length > 0 ? args[0] : "127.0.0.1";
var port = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 8000;
var pictures = 0;
var brightness = 0.0;

// Each picture comes at the time it is due and belongs to the callback, which gives it back to the pool.
var sink = new CallbackSink(frame =>
{
    using (frame)
    {
        pictures++;
        brightness += frame.Y[(frame.Height / 2 * frame.Width) + (frame.Width / 2)];
    }
});

await using var client = new LiveStreamClient(new LiveStreamClientOptions { Host = host, VideoPort = port });
using var end = new CancellationTokenSource();
try
{
    var channels = await client.ConnectAsync(end.Token);
    end.CancelAfter(TimeSpan.FromSeconds(10));
    var figures = await client.PlayAsync(channels[0], sink, end.Token);
    Console.WriteLine($"{figures.Channel}: {pictures} pictures, brightness {brightness / Math.Max(1, pictures):0}, {figures.Stalls} stalls");
    return 0;
}
catch (LiveStreamException e)
{
    Console.Error.WriteLine(e.Message);
    return 1;
}
