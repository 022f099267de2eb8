using KnSock.Testing.Processes;
using Microsoft.Playwright;

namespace KnSock.Browser.Tests;

/// <summary>What axe finds in a page as it stands. The page's context has to let scripts in that are no files of the site.</summary>
internal static class Axe
{
    private const string Serious =
        "async () => (await axe.run(document, { resultTypes: ['violations'] })).violations.filter((one) => one.impact === 'serious' || one.impact === 'critical')"
        + ".map((one) => `${one.id} (${one.impact}): ${one.help}: ${one.nodes.map((node) => `${node.target.flat().join(' ')} ${node.failureSummary}`).join('; ')}`)";

    /// <summary>Fails if there is a serious or critical fault.</summary>
    public static async Task AssertGoodAsync(IPage page)
    {
        await page.AddScriptTagAsync(new() { Path = Path.Combine(Repository.Root, "web", "node_modules", "axe-core", "axe.min.js") });
        var found = await page.EvaluateAsync<string[]>(Serious);
        Assert.True(found.Length == 0, string.Join('\n', found));
    }
}
