using System.Runtime.CompilerServices;
using KnSock.Server.Channels;
using KnSock.Server.Sources;
using Microsoft.AspNetCore.Http;

namespace KnSock.Server.Endpoints.Http;

/// <summary>Posters of channels: each is made once, when somebody first asks for it, one at a time.</summary>
internal sealed class Posters(PosterFrame maker, CancellationToken stopping) : IDisposable
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(30);

    private readonly ConditionalWeakTable<Channel, Lazy<Task<byte[]?>>> _made = [];
    private readonly SemaphoreSlim _one = new(1);

    /// <summary>Answers with a channel's poster.</summary>
    public async Task<IResult> AnswerAsync(Channel channel, HttpContext context)
    {
        var poster = await _made.GetValue(channel, c => new Lazy<Task<byte[]?>>(() => MakeAsync(c))).Value.WaitAsync(context.RequestAborted);
        if (poster is null)
        {
            context.Response.Headers.RetryAfter = RetryAfter.TotalSeconds.ToString(System.Globalization.CultureInfo.InvariantCulture);
            return Results.NotFound();
        }

        context.Response.Headers.CacheControl = "public, max-age=3600";
        return Results.Bytes(poster, "image/jpeg");
    }

    public void Dispose() => _one.Dispose();

    private async Task<byte[]?> MakeAsync(Channel channel)
    {
        try
        {
            await _one.WaitAsync(stopping);
            try
            {
                return await maker.MakeAsync(channel.Media.Source, stopping);
            }
            finally
            {
                _one.Release();
            }
        }
        catch (Exception e) when (e is LiveStreamServerException or OperationCanceledException or IOException)
        {
            return null;
        }
    }
}
