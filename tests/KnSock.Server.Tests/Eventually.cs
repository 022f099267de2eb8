using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace KnSock.Server.Tests;

/// <summary>Waits for what other tasks or processes do; fails if it does not come.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public static async Task TrueAsync(Func<bool> condition, [CallerArgumentExpression(nameof(condition))] string what = "")
    {
        var started = Stopwatch.GetTimestamp();
        while (!condition())
        {
            Assert.True(Stopwatch.GetElapsedTime(started) < Patience, $"did not come: {what}");
            await Task.Delay(1);
        }
    }

    /// <summary>Lets tasks that are ready run, to see that one of them does not do what it must not.</summary>
    public static async Task SettleAsync()
    {
        for (var i = 0; i < 20; i++)
        {
            await Task.Yield();
            await Task.Run(static () => { });
        }
    }
}
