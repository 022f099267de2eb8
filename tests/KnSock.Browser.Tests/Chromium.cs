using Microsoft.Playwright;

namespace KnSock.Browser.Tests;

/// <summary>The one browser of a run: the machine's own Chromium, driven by Playwright, which downloads none.</summary>
public sealed class Chromium : IAsyncLifetime
{
    private static readonly string[] Arguments =
    [
        "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
        "--autoplay-policy=no-user-gesture-required",
    ];

    private IPlaywright? _playwright;
    private IBrowser? _browser;

    public async ValueTask InitializeAsync()
    {
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions { ExecutablePath = FindProgram(), Args = Arguments });
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null)
        {
            await _browser.CloseAsync();
        }

        _playwright?.Dispose();
    }

    /// <summary>A browser context of its own, without cache and storage of another, with a page that is still empty.</summary>
    internal Task<Visit> VisitAsync(string site, BrowserNewContextOptions? options = null) => Visit.BeginAsync(_browser!, site, options);

    private static string FindProgram()
    {
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator);
        return folders.Prepend("/usr/bin")
            .SelectMany(folder => (string[])[Path.Combine(folder, "chromium"), Path.Combine(folder, "chromium-browser")])
            .FirstOrDefault(File.Exists) ?? throw new FileNotFoundException("there is no chromium; Debian has it in the package of that name");
    }
}
