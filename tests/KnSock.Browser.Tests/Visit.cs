using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.Playwright;

namespace KnSock.Browser.Tests;

/// <summary>A page in a browser context of its own, and what went wrong in it.</summary>
internal sealed class Visit : IAsyncDisposable
{
    private readonly IBrowserContext _context;
    private readonly ConcurrentQueue<string> _faults = new();
    private readonly ConcurrentQueue<string> _requests = new();

    private Visit(IBrowserContext context, IPage page, string site) => (_context, Page, Site) = (context, page, site);

    public IPage Page { get; }

    /// <summary>Address of the gallery.</summary>
    public string Site { get; }

    /// <summary>Errors that no code caught, and what the content security policy forbade.</summary>
    public IReadOnlyList<string> Faults => [.. _faults];

    /// <summary>Addresses of all that was asked for, also by WebSocket.</summary>
    public IReadOnlyList<string> Requests => [.. _requests];

    public static async Task<Visit> BeginAsync(IBrowser browser, string site, BrowserNewContextOptions? options)
    {
        var context = await browser.NewContextAsync(options ?? new BrowserNewContextOptions { ViewportSize = new() { Width = 1280, Height = 800 } });
        var page = await context.NewPageAsync();
        var visit = new Visit(context, page, site);
        context.Request += (_, request) => visit._requests.Enqueue(request.Url);
        page.WebSocket += (_, socket) => visit._requests.Enqueue(socket.Url);
        page.PageError += (_, error) => visit._faults.Enqueue(error);
        page.Console += (_, message) => visit.NoteViolation(message.Text);
        await context.AddInitScriptAsync(Probe("page.js"));
        return visit;
    }

    /// <summary>One of the scripts in the folder Probes.</summary>
    public static string Probe(string name)
    {
        using var reader = new StreamReader(typeof(Visit).Assembly.GetManifestResourceStream(name)!);
        return reader.ReadToEnd();
    }

    public Task RunBeforePagesAsync(string script) => _context.AddInitScriptAsync(script);

    /// <summary>Writes a figure into the output of the test.</summary>
    public static void Say(FormattableString figure) => TestContext.Current.TestOutputHelper!.WriteLine(FormattableString.Invariant(figure));

    /// <summary>Has the sound pass through WebAudio, and gives the state of that.</summary>
    public Task<string> ListenAsync(string? worklet = null) => Page.EvaluateAsync<string>(Probe("listen.js"), worklet);

    /// <summary>Opens the player page of a channel and waits until its picture moves.</summary>
    public async Task WatchAsync(string channel)
    {
        await Page.GotoAsync($"{Site}watch?channel={Uri.EscapeDataString(channel)}");
        await UntilAsync("probe.movedAt !== null", 20);
    }

    /// <summary>Chooses a rung in the player's menu.</summary>
    public async Task ChooseRungAsync(string rung)
    {
        // Controls hide while nobody moves anything.
        await Page.Mouse.MoveAsync(300, 200);
        await Page.Mouse.MoveAsync(310, 220);
        await Page.Locator("#quality-button").ClickAsync(new() { Timeout = 5_000 });
        // Auto says what it has now, so it holds the name of a rung, too.
        var items = Page.Locator($"media-chrome-menu-item{(rung == "Auto" ? "[value=auto]" : ":not([value=auto])")}");
        await items.Filter(new() { HasText = rung }).First.ClickAsync(new() { Timeout = 5_000 });
    }

    public Task<T> GetAsync<T>(string expression) => Page.EvaluateAsync<T>(expression);

    /// <summary>Waits until an expression is true, and gives the seconds that it took.</summary>
    public async Task<double> UntilAsync(string expression, double withinSeconds)
    {
        var start = Stopwatch.GetTimestamp();
        while (!await IsTrueAsync(expression))
        {
            if (Stopwatch.GetElapsedTime(start).TotalSeconds > withinSeconds)
            {
                Assert.Fail($"not after {withinSeconds} s: {expression}; {await Page.EvaluateAsync<string>("probe.describe() + (window.hlsProbe?.describe() ?? '')")}; {string.Join("; ", Faults)}");
            }

            await Task.Delay(30);
        }

        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    public ValueTask DisposeAsync() => new(_context.CloseAsync());

    private async Task<bool> IsTrueAsync(string expression)
    {
        try
        {
            return await Page.EvaluateAsync<bool>(expression);
        }
        catch (PlaywrightException e) when (e.Message.Contains("context was destroyed", StringComparison.Ordinal))
        {
            // Another page is just being loaded.
            return false;
        }
    }

    private void NoteViolation(string message)
    {
        if (message.Contains("Content Security Policy", StringComparison.OrdinalIgnoreCase))
        {
            _faults.Enqueue(message);
        }
    }
}
