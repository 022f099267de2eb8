// A live-stream server within a program of ASP.NET Core: pages, player and API below /live/.
// dotnet run --project samples/WebServer -- video1.mp4 video2.mp4

using KnSock.Server;

var builder = WebApplication.CreateBuilder();
builder.WebHost.UseUrls("http://localhost:8080");
builder.Services.AddKnSock(new LiveStreamServerOptions { VideoPaths = args, VideoPort = 9000, AudioPort = 9001 });

var app = builder.Build();
app.MapGet("/", () => Results.Redirect("/live/"));
app.MapKnSock("/live", new KnSockHttpOptions { AdminToken = app.Configuration["AdminToken"] });
await app.RunAsync();
